// What lies in the page: facts, and arrays that are deflated and in base 64 (packing.py). Words come from anybody's
// files: they are data, and are only ever set as text.
const element = (id) => document.getElementById(id);
const facts = JSON.parse(element("facts").textContent);

const make = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const bytesOf = (text) => {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
};

const inflate = async (id) => {
  const packed = new Blob([bytesOf(element(`data-${id}`).textContent)]);
  return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
};

const parsed = async (id) => JSON.parse(new TextDecoder().decode(await inflate(id)));

// The neighbours of a word: all low bytes of their numbers, then all higher ones; and the falls of their cosines.
const neighboursIn = (planes, falls) => {
  const bytes = new Uint8Array(planes);
  const steps = new Uint8Array(falls);
  const [size, k] = [facts.words, facts.neighbours];
  return (word) => {
    const found = [];
    let cosine = 0;
    for (let rank = 0; rank < k; rank += 1) {
      let other = 0;
      for (let at = word * k + rank, shift = 0; at < bytes.length; at += size * k, shift += 8) other |= bytes[at] << shift;
      cosine = rank ? cosine - steps[rank * size + word] : steps[word];
      found.push({ word: other, cosine: cosine / 255 });
    }
    return found;
  };
};

// The words beyond the map that are near to a word: how many each word has, then their numbers and cosines.
const othersIn = (packed, others) => {
  const bytes = new Uint8Array(packed);
  const size = facts.words;
  const total = (bytes.length - size) / 4;
  const starts = new Uint32Array(size + 1);
  for (let word = 0; word < size; word += 1) starts[word + 1] = starts[word] + bytes[word];
  const byte = (plane, at) => bytes[size + plane * total + at];
  return (word) => {
    const found = [];
    for (let at = starts[word]; at < starts[word + 1]; at += 1) {
      found.push({ text: others[byte(0, at) | (byte(1, at) << 8) | (byte(2, at) << 16)], cosine: byte(3, at) / 255 });
    }
    return found;
  };
};

// A word without what could steer the page or turn the direction of text around.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const shown = (word) =>
  word.replace(UNSAFE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
const short = (word) => {
  const letters = [...shown(word)];
  return letters.length > 28 ? `${letters.slice(0, 27).join("")}…` : letters.join("");
};
const count = (number) => number.toLocaleString("en");

const COLOURS = 8; // of page.css; more groups than that share them
const colourOf = (group) => `var(--c${(group - 1) % COLOURS})`;
