// The page: it unpacks the words, draws them, and connects map, search, panel, groups and the address.
const start = async () => {
  const root = document.documentElement;
  const [map, canvas] = [element("map"), element("labels")];
  const [placesPacked, groupsPacked] = await Promise.all(["positions", "groups"].map(inflate));
  const places = new Uint16Array(placesPacked);
  const groups = new Uint8Array(groupsPacked);
  const size = groups.length;
  const ranks = Float32Array.from(groups, (_, word) => 1 + 0.9 * (1 - Math.log(1 + word) / Math.log(1 + size)));
  const points = pointsOn(element("points"), places, ranks);
  root.dataset.points = points.name;

  let words = [];
  let labels = null;
  let nearestOf = () => [];
  let chosen = -1;
  let near = [];
  let hovered = -1;
  let colours = null;
  let extent = [0, 0];
  for (let at = 0; at < places.length; at += 1) extent[at % 2] = Math.max(extent[at % 2], places[at]);
  extent = extent.map((side) => Math.max(side, 1));

  let waiting = false;
  const ask = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };

  const ratio = () => Math.min(devicePixelRatio || 1, 3);
  const radius = () => {
    const area = frame.free();
    const space = Math.sqrt(((area.right - area.left) * (area.bottom - area.top)) / size);
    const first = Math.min(4.5, 0.8 + 0.055 * space);
    return Math.min(7, first * Math.max(1, frame.zoomed()) ** 0.4);
  };
  const isShown = (word) => legend.isShown(groups[word]);

  const readColours = () => {
    const probe = make("span", { hidden: true });
    document.body.append(probe);
    const read = (name) => {
      probe.style.color = name;
      return getComputedStyle(probe).color;
    };
    const numbers = (text) => text.match(/[\d.]+/g).slice(0, 3).map(Number);
    colours = {
      ink: read("var(--ink)"), halo: read("var(--paper)"), link: read("var(--link)"), quiet: read("var(--quiet)"),
      groups: facts.groups.map((_, at) => numbers(read(colourOf(at + 1)))),
    };
    probe.remove();
  };
  const paint = () => {
    const painted = new Uint8Array(4 * size);
    const pointed = legend.pointed();
    const bright = new Set(chosen < 0 ? [] : [chosen, ...near.map((each) => each.word)]);
    for (let word = 0; word < size; word += 1) {
      painted.set(colours.groups[groups[word] - 1], 4 * word);
      let alpha = 217;
      if (!isShown(word)) alpha = 18;
      else if (pointed && groups[word] !== pointed) alpha = 40;
      else if (bright.size && !pointed) alpha = 90;
      painted[4 * word + 3] = bright.has(word) ? 255 : alpha;
    }
    points.paint(painted);
  };

  const spotOf = (word) => [places[2 * word] * view.scale + view.x, places[2 * word + 1] * view.scale + view.y];
  const drawChosen = (pen) => {
    const [x, y] = spotOf(chosen);
    pen.strokeStyle = colours.link;
    pen.lineWidth = 1.25;
    for (const { word, cosine } of near) {
      const [left, top] = spotOf(word);
      pen.globalAlpha = 0.25 + 0.65 * cosine;
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(left, top);
      pen.stroke();
    }
    pen.globalAlpha = 1;
    for (const { word } of near) ring(pen, word, 2, 1.25);
    ring(pen, chosen, 3.5, 2.5);
  };
  const ring = (pen, word, wider, line) => {
    pen.lineWidth = line;
    pen.beginPath();
    pen.arc(...spotOf(word), radius() * ranks[word] + wider, 0, 2 * Math.PI);
    pen.stroke();
  };
  const drawMiddle = (pen) => {
    const { x, y } = frame.free();
    pen.strokeStyle = colours.link;
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (const [a, b] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
      pen.moveTo(x + 5 * a, y + 5 * b);
      pen.lineTo(x + 14 * a, y + 14 * b);
    }
    pen.stroke();
  };
  const draw = () => {
    const [width, height] = [map.clientWidth, map.clientHeight];
    const reach = radius();
    points.draw(view, reach, width, height, ratio());
    if (!labels) return;
    labels.pen.setTransform(ratio(), 0, 0, ratio(), 0, 0);
    labels.pen.clearRect(0, 0, width, height);
    const first = [...new Set([...(chosen < 0 ? [] : [chosen, ...near.map((each) => each.word)]), ...(hovered < 0 ? [] : [hovered])])];
    const pointed = legend.pointed();
    labels.place(view, first, words.keys(), {
      width, height, room: size > 1000 ? 9 : 4, panels: frame.panels(),
      radiusOf: (word) => reach * ranks[word],
      isShown: (word) => isShown(word) && (!pointed || groups[word] === pointed),
    });
    if (chosen >= 0) drawChosen(labels.pen);
    labels.write(ratio(), colours, chosen >= 0);
    if (map.matches(":focus-visible")) drawMiddle(labels.pen);
  };

  // The word at a point of the window: one whose name is there, or else whose point is the nearest.
  const wordAt = (x, y, reach) => {
    const named = labels ? labels.at(x, y) : -1;
    if (named >= 0) return named;
    let [best, least] = [-1, reach + radius()];
    for (let word = 0; word < size; word += 1) {
      const [left, top] = spotOf(word);
      const distance = Math.hypot(left - x, top - y);
      if (distance < least && isShown(word)) [best, least] = [word, distance];
    }
    return best;
  };
  const hover = (x, y) => {
    const found = x < 0 ? -1 : wordAt(x, y, 8);
    map.classList.toggle("over", found >= 0);
    if (found !== hovered) {
      hovered = found;
      ask();
    }
  };

  const title = document.title;
  const address = (word) => {
    try {
      return word < 0 ? "" : `#${encodeURIComponent(words[word])}`;
    } catch { // half of a character, which no address can hold
      return "";
    }
  };
  const show = (word, moves) => {
    chosen = word;
    near = word < 0 ? [] : nearestOf(word);
    panel.show(word, near);
    document.title = word < 0 ? title : `${shown(words[word])} – ${title}`;
    paint();
    if (moves && word >= 0) frame.centre([places[2 * word], places[2 * word + 1]]);
    ask();
  };
  const choose = (word, { moves = true, reads = true } = {}) => {
    if (!labels) return;
    if (word !== chosen && address(word) !== location.hash) {
      history.pushState(null, "", address(word) || location.pathname + location.search);
    }
    search.tell("");
    show(word, moves);
    if (reads && word >= 0) element("name").focus({ preventScroll: true });
  };
  const follow = () => {
    let asked = location.hash.slice(1);
    try {
      asked = decodeURIComponent(asked);
    } catch { /* as it stands */ }
    const word = rows.get(asked) ?? -1;
    search.tell(asked && word < 0 ? `“${shown(asked)}” is not on this map.` : "");
    show(word, true);
  };

  const close = () => {
    const inside = element("word").contains(document.activeElement);
    choose(-1);
    if (inside) map.focus({ preventScroll: true });
  };
  const keys = (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input")) return;
    const step = event.shiftKey ? 240 : 80;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const onMap = target === map || target === document.body;
    if (key === "/") element("query").focus();
    else if (key === "Escape") close();
    else if (key === "+" || key === "=") frame.zoom(1.5);
    else if (key === "-" || key === "_" || key === "−") frame.zoom(1 / 1.5);
    else if (key === "0" || (key === "Home" && onMap)) frame.all();
    else if (onMap && moves[key]) frame.move(...moves[key]);
    else if (target === map && key === "Enter") {
      const { x, y } = frame.free();
      pick(x, y, 120);
    } else return;
    event.preventDefault();
  };

  const pick = (x, y, reach) => choose(wordAt(x, y, reach), { moves: false, reads: false });
  const frame = viewOf(map, places, ask, pick, hover);
  const { view } = frame;
  const legend = legendFor(() => {
    if (!colours) return;
    paint();
    ask();
  });
  let before = [map.clientWidth, map.clientHeight];
  const resize = () => {
    for (const each of [element("points"), canvas]) {
      each.width = Math.max(1, Math.round(map.clientWidth * ratio()));
      each.height = Math.max(1, Math.round(map.clientHeight * ratio()));
    }
  };
  const refit = () => {
    resize();
    const now = [map.clientWidth, map.clientHeight];
    frame.fit(before, now);
    before = now;
    draw();
  };
  if (innerWidth >= 960) element("groups").open = true;
  resize();
  frame.begin(extent);
  readColours();
  paint();
  draw();
  performance.mark("w2v-points");

  const [listed, counts, planes, falls, others, beyond] = await Promise.all([
    parsed("words"), parsed("counts"), inflate("neighbours"), inflate("similarities"), parsed("others"), inflate("beyond"),
  ]);
  words = listed;
  const rows = new Map(words.map((word, row) => [word, row]));
  nearestOf = neighboursIn(planes, falls);
  const panel = panelFor({ words, counts, groups, places, othersOf: othersIn(beyond, others) }, choose, close);
  const search = searchIn(words, rows, groups, choose, () => map.focus());
  labels = labelsOn(canvas, places, words);
  element("nearer").addEventListener("click", () => frame.zoom(1.8));
  element("farther").addEventListener("click", () => frame.zoom(1 / 1.8));
  element("whole").addEventListener("click", () => frame.all());
  document.addEventListener("keydown", keys);
  map.addEventListener("focus", ask);
  map.addEventListener("blur", ask);
  addEventListener("popstate", follow);
  addEventListener("resize", refit);
  element("groups").addEventListener("toggle", ask);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColours();
    paint();
    ask();
  });
  if (location.hash.length > 1) follow();
  draw();
  performance.mark("w2v-map");
  root.dataset.state = "ready";
};

start().catch((error) => {
  const trouble = element("trouble");
  const old = typeof DecompressionStream === "undefined" ? "it is too old, and needs Chrome 103, Firefox 113 or Safari 16.4" : error.message;
  trouble.textContent = `This browser cannot show the map: ${old}.`;
  trouble.hidden = false;
  document.documentElement.dataset.state = "failed";
});
