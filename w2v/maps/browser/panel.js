// What stands beside the map: the chosen word with its neighbours, and the groups, which can be chosen too.
const AMONG = 15;

// How many of the neighbours are among the 15 words next to a word on the map.
const nearOnTheMap = (places, word, neighbours) => {
  const far = (other) => (places[2 * other] - places[2 * word]) ** 2 + (places[2 * other + 1] - places[2 * word + 1]) ** 2;
  const limits = neighbours.map(far);
  const nearer = new Array(limits.length).fill(0);
  for (let other = 0; other < facts.words; other += 1) {
    const distance = far(other);
    if (other !== word) for (let at = 0; at < limits.length; at += 1) if (distance < limits[at]) nearer[at] += 1;
  }
  return nearer.filter((others) => others < AMONG).length;
};

const dotOf = (group) => {
  const dot = make("span", { className: "dot" });
  dot.style.setProperty("--c", colourOf(group));
  return dot;
};

const panelFor = (data, choose, close) => {
  const { words, counts, groups, places, othersOf } = data;
  element("close").addEventListener("click", close);
  const show = (word, near) => {
    element("word").hidden = word < 0;
    if (word < 0) return;
    const group = facts.groups[groups[word] - 1];
    element("name").replaceChildren(make("bdi", { textContent: shown(words[word]) }));
    const often = counts.length ? `, seen ${count(counts[word])} ${counts[word] === 1 ? "time" : "times"}` : "";
    element("about").replaceChildren(
      `${count(word + 1)} of ${count(words.length)} by frequency${often}`, make("br"), dotOf(groups[word]), group.name,
    );
    element("neighbours").replaceChildren(...near.map(({ word: other, cosine }) => {
      const button = make(
        "button", { type: "button" }, dotOf(groups[other]), make("bdi", { textContent: shown(words[other]) }),
        make("span", { className: "cosine", textContent: cosine.toFixed(2) }),
      );
      button.addEventListener("click", () => choose(other));
      return make("li", {}, button);
    }));
    const kept = nearOnTheMap(places, word, near.map((each) => each.word));
    element("kept").textContent = `On the map, ${kept} of them are among its ${AMONG} nearest.`;
    const others = othersOf(word);
    element("beyond").hidden = !others.length;
    element("others").replaceChildren(...others.flatMap(({ text, cosine }, at) => [
      at ? ", " : "", make("bdi", { textContent: shown(text) }), ` ${cosine.toFixed(2)}`,
    ]));
    element("panel").scrollTop = 0;
    element("said").textContent =
      `${shown(words[word])}. Group: ${group.name}. Nearest: ${near.map((each) => `${shown(words[each.word])} ${each.cosine.toFixed(2)}`).join(", ")}.`;
  };
  return { show };
};

const legendFor = (redraw) => {
  const chosen = new Set();
  let pointed = 0;
  const buttons = facts.groups.map(({ name, size }, at) => {
    const button = make(
      "button", { type: "button" }, dotOf(at + 1), make("bdi", { textContent: name }),
      make("span", { className: "size", textContent: count(size) }),
    );
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      if (!chosen.delete(at + 1)) chosen.add(at + 1);
      show();
    });
    for (const [kind, group] of [["pointerenter", at + 1], ["pointerleave", 0]]) {
      button.addEventListener(kind, (event) => {
        if (event.pointerType !== "mouse") return;
        pointed = group;
        redraw();
      });
    }
    return button;
  });
  const show = () => {
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(chosen.has(at + 1))));
    element("legend").classList.toggle("some", chosen.size > 0);
    element("every").hidden = !chosen.size;
    element("chosen").textContent = chosen.size ? `: ${chosen.size} of ${facts.groups.length}` : `: ${facts.groups.length}`;
    redraw();
  };
  element("legend").replaceChildren(...buttons.map((button) => make("li", {}, button)));
  element("every").addEventListener("click", () => {
    chosen.clear();
    show();
    buttons[0].focus();
  });
  show();
  return { isShown: (group) => !chosen.size || chosen.has(group) || group === pointed, pointed: () => pointed };
};
