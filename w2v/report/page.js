// What the page does beyond being read: the choice of a theme, and tables of every question, unpacked when opened.
// Words come from anybody's files: they are only ever set as text.
(() => {
  "use strict";
  const ROWS = 50;
  const NONE = "–";

  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const themes = () => {
    const root = document.documentElement;
    const choices = ["auto", "light", "dark"];
    const button = make("button", { className: "theme", type: "button" });
    const show = (choice) => {
      if (choice === "auto") delete root.dataset.theme;
      else root.dataset.theme = choice;
      button.textContent = `Theme: ${choice}`;
    };
    let chosen = "auto";
    try {
      chosen = localStorage.getItem("w2v-theme") || "auto";
    } catch { /* a page without storage forgets the choice */ }
    show(choices.includes(chosen) ? chosen : "auto");
    button.addEventListener("click", () => {
      const next = choices[(choices.indexOf(root.dataset.theme || "auto") + 1) % choices.length];
      show(next);
      try {
        localStorage.setItem("w2v-theme", next);
      } catch { /* as above */ }
    });
    document.querySelector("header").append(button);
  };

  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };

  const choice = (title, options) => {
    const select = make("select");
    options.forEach(([name], value) => select.append(make("option", { value, textContent: name })));
    return [make("label", { textContent: title }, select), select];
  };

  const outcomes = (marks) => {
    const options = [["any", () => true]];
    for (const { title, values } of marks) {
      options.push([`${title}: yes`, (row) => values[row] === 1]);
      options.push([`${title}: no`, (row) => values[row] === 0]);
      options.push([`${title}: not scored`, (row) => values[row] === null]);
    }
    if (marks.length > 1) {
      options.push(["not the same for all", (row) => marks.some(({ values }) => values[row] !== marks[0].values[row])]);
    }
    return options;
  };

  const cell = (column, words, value) => {
    if (column.kind === "word") return make("td", { textContent: value === null ? NONE : words[value] });
    if (column.kind === "number") {
      const text = value === null ? NONE : value.toFixed(column.digits).replace("-", "−");
      return make("td", { className: "number", textContent: text });
    }
    const [className, textContent] = value === null ? ["", NONE] : value ? ["yes", "✓ yes"] : ["no", "✗ no"];
    return make("td", { className, textContent });
  };

  const compare = ({ kind, values }, words, rising) => (first, second) => {
    const [a, b] = [values[first], values[second]];
    if (a === null || b === null) return (a === null) - (b === null) || first - second;
    const order = kind === "word" ? words[a].localeCompare(words[b]) : a - b;
    return (rising ? order : -order) || first - second;
  };

  const show = (details, { title, filter, columns, words }) => {
    const size = columns[0].values.length;
    const lower = words.map((word) => word.toLowerCase());
    const texts = columns.filter(({ kind }) => kind === "word");
    const grouped = columns.find((column) => column.title === filter);
    const groups = grouped ? [...new Set(grouped.values)].map((value) => [words[value], (row) => grouped.values[row] === value]) : [];
    const marks = columns.filter(({ kind }) => kind === "mark");

    const search = make("input", { type: "search", autocomplete: "off", spellcheck: false });
    const [outcomeLabel, outcome] = choice("Outcome", outcomes(marks));
    const [groupLabel, group] = choice(filter.slice(0, 1).toUpperCase() + filter.slice(1), [["all", () => true], ...groups]);
    const count = make("output");
    const back = make("button", { type: "button", textContent: "Previous" });
    const on = make("button", { type: "button", textContent: "Next" });
    const tools = make("div", { className: "tools" }, make("label", { textContent: "With a word like" }, search));
    if (groups.length) tools.append(groupLabel);
    if (marks.length) tools.append(outcomeLabel);
    tools.append(make("div", { className: "pager" }, count, back, on));

    const heads = columns.map((column) => {
      const button = make("button", { type: "button", textContent: column.title });
      return make("th", { scope: "col", className: column.kind === "number" ? "number" : "" }, button);
    });
    const body = make("tbody");
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body);
    const scroll = make("div", { className: "scroll", tabIndex: 0 }, table);
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", title);

    let chosen = [];
    let start = 0;
    let sorted = null;
    let rising = true;

    const draw = () => {
      const rows = chosen.slice(start, start + ROWS);
      body.replaceChildren(...rows.map((row) => make("tr", {}, ...columns.map((column) => cell(column, words, column.values[row])))));
      const range = rows.length ? `${(start + 1).toLocaleString("en")} to ${(start + rows.length).toLocaleString("en")} of ` : "";
      count.textContent = `${range}${chosen.length.toLocaleString("en")}`;
      back.disabled = start === 0;
      on.disabled = start + ROWS >= chosen.length;
    };
    const choose = () => {
      const wanted = search.value.trim().toLowerCase();
      const fits = wanted && new Set(lower.flatMap((word, number) => (word.includes(wanted) ? [number] : [])));
      const tests = [outcomes(marks)[+outcome.value || 0][1], [["", () => true], ...groups][+group.value || 0][1]];
      chosen = [];
      for (let row = 0; row < size; row += 1) {
        const found = !fits || texts.some((column) => column !== grouped && fits.has(column.values[row]));
        if (found && tests.every((test) => test(row))) chosen.push(row);
      }
      if (sorted !== null) chosen.sort(compare(columns[sorted], words, rising));
      start = 0;
      draw();
    };
    heads.forEach((head, number) => head.firstChild.addEventListener("click", () => {
      if (sorted !== number) [sorted, rising] = [number, true];
      else if (rising) rising = false;
      else sorted = null;
      heads.forEach((each, place) => {
        if (place === sorted) each.setAttribute("aria-sort", rising ? "ascending" : "descending");
        else each.removeAttribute("aria-sort");
      });
      choose();
    }));
    search.addEventListener("input", choose);
    group.addEventListener("change", choose);
    outcome.addEventListener("change", choose);
    back.addEventListener("click", () => { start -= ROWS; draw(); });
    on.addEventListener("click", () => { start += ROWS; draw(); });
    details.append(tools, scroll);
    choose();
  };

  const open = async (details) => {
    const packed = details.dataset.packed;
    if (!details.open || !packed) return;
    delete details.dataset.packed;
    try {
      show(details, await unpack(packed));
    } catch (error) {
      details.append(make("p", { className: "warning", textContent: `This browser cannot unpack them: ${error.message}` }));
    }
  };

  // A table that is wider than its frame becomes a list of cards; an axis shows only labels that have room.
  const fit = () => {
    for (const frame of document.querySelectorAll("main .scroll")) {
      const table = frame.querySelector("table");
      if (!table || frame.closest(".items") || !frame.clientWidth) continue;
      table.classList.remove("cards");
      table.classList.toggle("cards", frame.scrollWidth > frame.clientWidth);
    }
    for (const axis of document.querySelectorAll(".axis, .across")) {
      const labels = [...axis.children];
      for (const label of labels) label.style.visibility = "";
      for (let step = 1; step < labels.length; step += 1) {
        const shown = labels.filter((label, number) => (labels.length - 1 - number) % step === 0);
        for (const label of labels) label.style.visibility = shown.includes(label) ? "visible" : "hidden";
        const boxes = shown.map((label) => {
          const text = document.createRange();
          text.selectNodeContents(label);
          return text.getBoundingClientRect();
        });
        if (boxes.every((box, number) => number === 0 || boxes[number - 1].right + 4 <= box.left)) break;
      }
    }
  };

  themes();
  fit();
  let waiting = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(fit);
  });
  for (const details of document.querySelectorAll("details.folded")) details.addEventListener("toggle", fit);
  for (const details of document.querySelectorAll("details.items")) {
    details.addEventListener("toggle", () => open(details));
    open(details);
  }
})();
