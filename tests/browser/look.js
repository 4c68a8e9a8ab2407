() => {
  // what a worker could not reach, hit or read on the screen that is shown
  const all = [...document.querySelectorAll("#app *")];
  const shown = (e) => {
    const r = e.getBoundingClientRect();
    const s = getComputedStyle(e);
    if (!r.width || !r.height || s.visibility === "hidden") return false;
    const top = document.elementFromPoint(Math.min(Math.max(r.x + r.width / 2, 1), innerWidth - 1), Math.min(Math.max(r.y + r.height / 2, 1), innerHeight - 1));
    return top === null || e.contains(top) || top.contains(e);
  };
  const words = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
  const name = (e) => `${e.tagName}.${e.className}: ${e.innerText.slice(0, 60)}`;
  const visible = all.filter(shown);
  const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((n) => n / 255).map((n) => (n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (numbers(colour)[3] !== 0 && colour !== "transparent") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (e) => {
    const [one, other] = [light(getComputedStyle(e).color), light(behind(e))];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const least = (e) => (e.matches(".where, .what .many, .ask, .title, .into b, .stop h1, .stop dd, h1.big, .figure") ? 7 : 4.5); // the next step is read in poor light
  const target = document.documentElement.hasAttribute("data-gloves") ? 87.5 : 47.5;
  const isCut = (e) => getComputedStyle(e).overflow !== "visible" && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 3);
  return {
    scrolled: [document.documentElement, ...document.querySelectorAll("main, .list, .stop, .stop dl, .pad, .sheet")].filter((e) => e.scrollHeight > e.clientHeight + 2).map(name),
    small: visible.filter((e) => e.matches("button, a.button, .photo, input.typed")).filter((e) => { const r = e.getBoundingClientRect(); return r.width < target || r.height < target; }).map(name),
    outside: visible.filter((e) => words(e) || e.matches("button, input")).filter((e) => {
      const r = e.getBoundingClientRect();
      return r.left < -0.5 || r.top < -0.5 || r.right > innerWidth + 0.5 || r.bottom > innerHeight + 0.5;
    }).map(name),
    cut: visible.filter((e) => words(e) && !e.matches("input") && isCut(e)).map(name),
    pale: visible.filter((e) => words(e) && !e.closest(":disabled") && contrast(e) < least(e)).map((e) => `${name(e)} ${contrast(e).toFixed(2)}`),
  };
}
