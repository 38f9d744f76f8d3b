// Finding a word by its letters: suggestions while somebody types, chosen by keys, mouse or finger (a combobox of ARIA).
const SUGGESTED = 8;
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const searchIn = (words, rows, groups, choose, leave) => {
  const [query, list, none] = ["query", "found", "none"].map(element);
  let plain = null;
  let offered = [];
  let active = -1;

  // Words that are equal, then those that begin so, then those that have it inside; each the most frequent first.
  const fitting = (text) => {
    if (!text) return [];
    plain ??= words.map(folded);
    const wanted = folded(text);
    const [equal, begins, inside] = [[], [], []];
    if (rows.has(text)) equal.push(rows.get(text));
    for (let word = 0; word < plain.length && wanted; word += 1) {
      const at = plain[word].indexOf(wanted);
      if (at < 0 || word === equal[0]) continue;
      if (at === 0 && plain[word].length === wanted.length) equal.push(word);
      else if (at === 0 && begins.length < SUGGESTED) begins.push(word);
      else if (at > 0 && inside.length < SUGGESTED) inside.push(word);
    }
    return [...equal, ...begins, ...inside].slice(0, SUGGESTED);
  };
  const mark = (number) => {
    active = number;
    [...list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === active)));
    if (active < 0) query.removeAttribute("aria-activedescendant");
    else query.setAttribute("aria-activedescendant", list.children[active].id);
  };
  const tell = (text) => {
    none.textContent = text;
    none.hidden = !text;
  };
  const offer = () => {
    offered = fitting(query.value.trim());
    list.replaceChildren(...offered.map((word, at) => {
      const dot = make("span", { className: "dot" });
      dot.style.setProperty("--c", colourOf(groups[word]));
      const line = make("li", { id: `found-${at}` }, dot, make("bdi", { textContent: shown(words[word]) }));
      line.setAttribute("role", "option");
      line.addEventListener("pointerdown", (event) => event.preventDefault()); // the cursor stays in the field
      line.addEventListener("click", () => take(word));
      return line;
    }));
    list.hidden = !offered.length;
    query.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
    const asked = query.value.trim();
    tell(asked && !offered.length ? `No word on this map has “${shown(asked)}” in it.` : "");
  };
  const close = () => {
    list.hidden = true;
    query.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  const take = (word) => {
    query.value = "";
    close();
    tell("");
    choose(word);
  };
  query.addEventListener("input", offer);
  query.addEventListener("focus", () => query.value && offer());
  query.addEventListener("blur", close);
  query.addEventListener("keydown", (event) => {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && offered.length) {
      event.preventDefault();
      if (list.hidden) offer();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(active < 0 && step < 0 ? offered.length - 1 : (active + step + offered.length) % offered.length);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (!list.hidden) close();
      else if (query.value) {
        query.value = "";
        offer();
      } else leave();
    }
  });
  element("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const word = active >= 0 ? offered[active] : fitting(query.value.trim())[0];
    if (word !== undefined) take(word);
  });
  query.disabled = false;
  return { tell };
};
