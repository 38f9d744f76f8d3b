// The points: by WebGL, or on a plain canvas where there is none. Rare words are drawn first, frequent ones over them.
const VERTEX = `
attribute vec2 place;
attribute float size;
attribute vec4 colour;
uniform vec4 view;
uniform float radius;
varying vec4 tint;
varying float reach;
void main() {
  gl_Position = vec4(place * view.xy + view.zw, 0.0, 1.0);
  reach = radius * size;
  gl_PointSize = 2.0 * reach + 2.0;
  tint = colour;
}`;
const FRAGMENT = `
precision mediump float;
varying vec4 tint;
varying float reach;
void main() {
  float far = length(gl_PointCoord - 0.5) * (2.0 * reach + 2.0);
  float alpha = tint.a * clamp(reach + 0.5 - far, 0.0, 1.0);
  gl_FragColor = vec4(tint.rgb * alpha, alpha);
}`;

const reversed = (array, width) => {
  const turned = new array.constructor(array.length);
  for (let from = 0, to = array.length - width; from < array.length; from += width, to -= width) {
    for (let part = 0; part < width; part += 1) turned[to + part] = array[from + part];
  }
  return turned;
};

const shaderOf = (gl, kind, source) => {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
};

const programIn = (gl, places, sizes) => {
  const program = gl.createProgram();
  gl.attachShader(program, shaderOf(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, shaderOf(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  gl.useProgram(program);
  const bind = (name, width, kind, normalised, data) => {
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    if (data) gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, width, kind, normalised, 0, 0);
    return buffer;
  };
  bind("place", 2, gl.UNSIGNED_SHORT, false, reversed(places, 2));
  bind("size", 1, gl.FLOAT, false, reversed(sizes, 1));
  const colours = bind("colour", 4, gl.UNSIGNED_BYTE, true, null);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const [view, radius] = ["view", "radius"].map((name) => gl.getUniformLocation(program, name));
  return { colours, view, radius };
};

const pointsByWebGL = (canvas, places, sizes) => {
  const gl = canvas.getContext("webgl", { antialias: false, alpha: true, premultipliedAlpha: true });
  if (!gl) return null;
  let program = programIn(gl, places, sizes);
  if (!program) return null;
  let painted = null;
  const paint = (colours) => {
    painted = reversed(colours, 4);
    if (gl.isContextLost()) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, program.colours);
    gl.bufferData(gl.ARRAY_BUFFER, painted, gl.DYNAMIC_DRAW);
  };
  const draw = ({ scale, x, y }, radius, width, height, ratio) => {
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform4f(program.view, (2 * scale) / width, (-2 * scale) / height, (2 * x) / width - 1, 1 - (2 * y) / height);
    gl.uniform1f(program.radius, radius * ratio);
    gl.drawArrays(gl.POINTS, 0, sizes.length);
  };
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => {
    program = programIn(gl, places, sizes);
    if (painted) paint(reversed(painted, 4));
    dispatchEvent(new Event("resize"));
  });
  return { name: "webgl", paint, draw };
};

const pointsOnCanvas = (canvas, places, sizes) => {
  const pen = canvas.getContext("2d");
  let layers = [];
  const paint = (colours) => {
    const found = new Map();
    for (let word = sizes.length - 1; word >= 0; word -= 1) {
      const style = `rgb(${colours[4 * word]} ${colours[4 * word + 1]} ${colours[4 * word + 2]} / ${(colours[4 * word + 3] / 255).toFixed(2)})`;
      if (!found.has(style)) found.set(style, []);
      found.get(style).push(word);
    }
    layers = [...found].sort(([, one], [, other]) => other.length - one.length);
  };
  const draw = ({ scale, x, y }, radius, width, height, ratio) => {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    for (const [style, words] of layers) {
      pen.fillStyle = style;
      pen.beginPath();
      for (const word of words) {
        const [left, top, reach] = [places[2 * word] * scale + x, places[2 * word + 1] * scale + y, radius * sizes[word]];
        if (left < -reach || top < -reach || left > width + reach || top > height + reach) continue;
        if (reach < 2) {
          pen.rect(left - reach, top - reach, 2 * reach, 2 * reach);
        } else {
          pen.moveTo(left + reach, top);
          pen.arc(left, top, reach, 0, 2 * Math.PI);
        }
      }
      pen.fill();
    }
  };
  return { name: "canvas", paint, draw };
};

const pointsOn = (canvas, places, sizes) => {
  const byWebGL = pointsByWebGL(canvas, places, sizes);
  if (byWebGL) return byWebGL;
  const plain = canvas.cloneNode(); // one that has been asked for WebGL may give nothing else
  canvas.replaceWith(plain);
  return pointsOnCanvas(plain, places, sizes);
};
