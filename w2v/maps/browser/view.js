// Which part of the map the window shows: moved and zoomed by mouse, fingers, wheel and keys.
const WIDE = 65535;

const viewOf = (map, places, ask, choose, look) => {
  const size = places.length / 2;
  const view = { scale: 1, x: 0, y: 0 };
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let home = 1;
  let extent = [WIDE, WIDE];
  let flight = 0;

  // The part of the window that no panel covers.
  const free = () => {
    const [width, height] = [map.clientWidth, map.clientHeight];
    const panel = element("panel").getBoundingClientRect();
    const groups = element("groups").getBoundingClientRect();
    const narrow = panel.width > 0.7 * width;
    const left = narrow ? 0 : panel.right;
    const right = !narrow && element("groups").open && groups.left - left > 320 ? groups.left : width;
    const top = narrow ? Math.min(panel.bottom, 0.7 * height) : 0;
    return { left, top, right, bottom: height, x: (left + right) / 2, y: (top + height) / 2 };
  };
  const within = (scale) => Math.min(Math.max(scale, home / 2), home * Math.max(30, 2 * Math.sqrt(size)));
  const hold = () => {
    const area = free();
    const margin = 60;
    view.x = Math.min(Math.max(view.x, area.left + margin - extent[0] * view.scale), area.right - margin);
    view.y = Math.min(Math.max(view.y, area.top + margin - extent[1] * view.scale), area.bottom - margin);
  };
  const panels = () => ["panel", "groups", "zoom"].map((name) => element(name).getBoundingClientRect());
  // The whole map, as large as it can be while hardly a word lies under a panel: most maps have empty corners.
  const whole = () => {
    const area = free();
    const [width, height] = [map.clientWidth, map.clientHeight];
    const at = (scale) => ({ scale, x: area.x - (extent[0] * scale) / 2, y: area.y - (extent[1] * scale) / 2 });
    const fitting = (wide, high) => Math.min((wide - 56) / extent[0], (high - 48) / extent[1]);
    const least = Math.max(fitting(area.right - area.left, area.bottom - area.top), 1e-6);
    const most = fitting(2 * Math.min(area.x, width - area.x), 2 * Math.min(area.y, height - area.y));
    const covers = panels();
    home = least;
    for (let scale = Math.max(most, least); scale > least; scale *= 0.96) {
      const { x, y } = at(scale);
      let covered = 0;
      for (let word = 0; word < size; word += 1) {
        const [left, top] = [places[2 * word] * scale + x, places[2 * word + 1] * scale + y];
        if (covers.some((box) => left > box.left - 8 && left < box.right + 8 && top > box.top - 8 && top < box.bottom + 8)) covered += 1;
      }
      if (covered <= size / 500) {
        home = scale;
        break;
      }
    }
    return at(home);
  };
  const stop = () => cancelAnimationFrame(flight);
  const set = (target) => {
    Object.assign(view, target);
    hold();
    ask();
  };
  const fly = (target) => {
    stop();
    if (still.matches) return set(target);
    const area = free();
    const middle = ({ scale, x, y }) => [(area.x - x) / scale, (area.y - y) / scale];
    const [from, to] = [{ ...view }, target];
    const [start, end] = [middle(from), middle(to)];
    const begun = performance.now();
    const step = (now) => {
      const share = Math.min(1, Math.max(0, now - begun) / 450);
      const eased = share * share * (3 - 2 * share);
      const scale = from.scale * (to.scale / from.scale) ** eased;
      const [x, y] = [0, 1].map((axis) => start[axis] + (end[axis] - start[axis]) * eased);
      Object.assign(view, share < 1 ? { scale, x: area.x - x * scale, y: area.y - y * scale } : to);
      if (share < 1) flight = requestAnimationFrame(step);
      else hold();
      ask();
    };
    flight = requestAnimationFrame(step);
    return undefined;
  };
  const zoom = (factor, x, y, smoothly = false) => {
    const scale = within(view.scale * factor);
    const ratio = scale / view.scale;
    const target = { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
    if (smoothly) fly(target);
    else {
      stop();
      set(target);
    }
  };
  const move = (x, y) => {
    stop();
    set({ x: view.x + x, y: view.y + y });
  };
  const centre = (place) => {
    const area = free();
    const scale = Math.max(view.scale, within(home * Math.max(1, Math.sqrt(size / 160))));
    fly({ scale, x: area.x - place[0] * scale, y: area.y - place[1] * scale });
  };

  const pointers = new Map();
  let tap = null;
  let last = { time: -1000, x: 0, y: 0 };
  const spot = (event) => {
    const box = map.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  map.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    map.setPointerCapture(event.pointerId);
    stop();
    const [x, y] = spot(event);
    pointers.set(event.pointerId, { x, y });
    tap = pointers.size === 1 ? { x, y, time: event.timeStamp } : null;
    map.classList.add("held");
  });
  map.addEventListener("pointermove", (event) => {
    const [x, y] = spot(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") look(x, y);
      return;
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    if (others.length) {
      const [other] = others;
      const length = (place) => Math.hypot(place.x - other.x, place.y - other.y) || 1;
      view.x += (x - before.x) / 2;
      view.y += (y - before.y) / 2;
      zoom(length({ x, y }) / length(before), (x + other.x) / 2, (y + other.y) / 2);
    } else if (!tap || Math.hypot(x - tap.x, y - tap.y) > 6) {
      move(x - before.x, y - before.y);
      tap = null;
    } else return;
    Object.assign(before, { x, y });
  });
  const lift = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (!pointers.size) map.classList.remove("held");
    if (event.type === "pointercancel" || !tap || event.timeStamp - tap.time > 700) return;
    const { x, y } = tap;
    tap = null;
    if (event.timeStamp - last.time < 350 && Math.hypot(x - last.x, y - last.y) < 30) {
      last.time = -1000;
      zoom(event.shiftKey ? 0.5 : 2, x, y, true);
    } else {
      last = { time: event.timeStamp, x, y };
      choose(x, y, event.pointerType === "mouse" ? 10 : 22);
    }
  };
  map.addEventListener("pointerup", lift);
  map.addEventListener("pointercancel", lift);
  map.addEventListener("pointerleave", () => look(-1, -1));
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const turned = Math.max(-240, Math.min(240, event.deltaY * lines));
    zoom(Math.exp(-turned * (event.ctrlKey ? 0.01 : 0.002)), ...spot(event));
  }, { passive: false });

  const zoomTo = (factor) => {
    const area = free();
    zoom(factor, area.x, area.y, true);
  };
  return {
    view, free, panels, move, centre, zoom: zoomTo,
    all: () => fly(whole()),
    begin: (size) => { extent = size; Object.assign(view, whole()); },
    // After the window has changed: the same middle, and at least as much of the map.
    fit: (before, now) => {
      const old = home;
      const target = whole();
      if (Math.abs(view.scale / old - 1) < 0.01) return Object.assign(view, target);
      view.x += (now[0] - before[0]) / 2;
      view.y += (now[1] - before[1]) / 2;
      return hold();
    },
    zoomed: () => view.scale / home,
  };
};
