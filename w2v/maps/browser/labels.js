// Names beside points: the most frequent words first, each in the first place round its point that is free.
// What a name covers does not depend on where the window stands, so names stay when the map is moved.
const FAMILY = getComputedStyle(document.body).fontFamily;
const PATIENCE = 500; // words without room
const AROUND = 160; // pixels outside of the window whose names count as well

const takenBoxes = () => {
  const cell = 48;
  const cells = new Map();
  const over = (box, look) => {
    for (let row = Math.floor(box.top / cell); row <= Math.floor(box.bottom / cell); row += 1) {
      for (let column = Math.floor(box.left / cell); column <= Math.floor(box.right / cell); column += 1) {
        if (look(row * 100003 + column)) return true;
      }
    }
    return false;
  };
  const meets = (one, other) =>
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
  const free = (box) => !over(box, (key) => (cells.get(key) || []).some((other) => meets(box, other)));
  const take = (box) =>
    void over(box, (key) => {
      if (cells.has(key)) cells.get(key).push(box);
      else cells.set(key, [box]);
    });
  return { free, take };
};

const labelsOn = (canvas, places, words) => {
  const pen = canvas.getContext("2d");
  const widths = new Map();
  let boxes = [];

  const sizeOf = (word) => Math.round(11 + 4 * (1 - Math.log(1 + word) / Math.log(1 + words.length)));
  const fontOf = (word, strong) => `${strong ? 600 : 400} ${strong ? 14 : sizeOf(word)}px ${FAMILY}`;
  const widthOf = (word, strong) => {
    const key = strong ? -1 - word : word;
    if (!widths.has(key)) {
      pen.font = fontOf(word, strong);
      widths.set(key, pen.measureText(short(words[word])).width);
    }
    return widths.get(key);
  };

  const boxesOf = (word, left, top, gap, strong) => {
    const [width, half] = [widthOf(word, strong), (strong ? 14 : sizeOf(word)) * 0.62];
    const sides = [[left + gap, top - half], [left - gap - width, top - half]];
    const poles = [[left - width / 2, top - gap - 2 * half], [left - width / 2, top + gap]];
    const near = gap * 0.7;
    const corners = !strong ? [] : [top - near - 2 * half, top + near].flatMap((y) => [[left + near, y], [left - near - width, y]]);
    return [...sides, ...poles, ...corners].map(([x, y]) => ({ word, strong, left: x, top: y, right: x + width, bottom: y + 2 * half }));
  };
  const wider = ({ left, top, right, bottom }, across, down) =>
    ({ left: left - across, top: top - down, right: right + across, bottom: bottom + down });

  const place = ({ scale, x, y }, first, candidates, look) => {
    const { width, height, radiusOf, isShown, room } = look;
    const taken = takenBoxes();
    for (const panel of look.panels) taken.take(panel);
    const placed = [];
    const attempt = (word, strong) => { // null: it is outside of the window
      const [left, top] = [places[2 * word] * scale + x, places[2 * word + 1] * scale + y];
      if (left < -AROUND || top < -AROUND || left > width + AROUND || top > height + AROUND) return null;
      const inside = left >= 0 && left <= width;
      for (const box of boxesOf(word, left, top, radiusOf(word) + 3, strong)) {
        if (inside && (box.left < 2 || box.right > width - 2) && box.right - box.left < width / 2) continue;
        const held = strong ? wider(box, 2, 1) : wider(box, room, room / 2);
        if (taken.free(held)) {
          taken.take(held);
          placed.push(box);
          return true;
        }
      }
      return false;
    };
    first.forEach((word, at) => {
      if (at === 0) attempt(word, true); // the chosen word has its name in any case
      const [left, top, reach] = [places[2 * word] * scale + x, places[2 * word + 1] * scale + y, radiusOf(word)];
      taken.take({ left: left - reach, top: top - reach, right: left + reach, bottom: top + reach });
    });
    for (const word of first.slice(1)) attempt(word, true);
    const named = new Set(first);
    let refused = 0; // one after the other: then there is hardly any room left, and rarer words need not be tried
    for (const word of candidates) {
      if (named.has(word) || !isShown(word)) continue;
      const put = attempt(word, false);
      if (put !== null) refused = put ? 0 : refused + 1;
      if (refused > PATIENCE) break;
    }
    boxes = placed;
  };

  const write = (ratio, colours, quiet) => {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = colours.halo;
    for (const { word, strong, left, top, bottom } of boxes) {
      pen.font = fontOf(word, strong);
      pen.globalAlpha = quiet && !strong ? 0.5 : 1;
      pen.fillStyle = colours.ink;
      pen.strokeText(short(words[word]), left, (top + bottom) / 2);
      pen.fillText(short(words[word]), left, (top + bottom) / 2);
    }
    pen.globalAlpha = 1;
  };

  const at = (x, y) => {
    const found = boxes.findLast((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
    return found ? found.word : -1;
  };
  return { pen, place, write, at };
};
