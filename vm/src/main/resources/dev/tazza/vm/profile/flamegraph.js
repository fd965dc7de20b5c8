// A click on a box makes it as wide as the picture; those outside of it and of its callers vanish.
const boxes = document.getElementById("boxes");
const left = +boxes.dataset.left;
const full = +boxes.dataset.width;

// Of a letter, about.
const LETTER = 7;

function draw(box, x, width) {
  const rect = box.querySelector("rect");
  const text = box.querySelector("text");
  rect.setAttribute("x", x);
  rect.setAttribute("width", width);
  text.setAttribute("x", x + 3);
  const title = box.querySelector("title").textContent;
  const name = title.slice(0, title.lastIndexOf(", ", title.lastIndexOf(", ") - 1));
  const letters = Math.floor((width - 6) / LETTER);
  const cut = name.length <= letters ? name : name.slice(0, letters - 1) + "…";
  text.textContent = letters < 2 ? "" : cut;
}

boxes.addEventListener("click", event => {
  const chosen = event.target.closest(".box");
  if (!chosen) return;
  const from = +chosen.dataset.x;
  const to = from + +chosen.dataset.w;
  const scale = full / (to - from);
  for (const box of boxes.children) {
    const x = Math.max(+box.dataset.x, from);
    const end = Math.min(+box.dataset.x + +box.dataset.w, to);
    const visible = end - x > 0.005;
    box.style.display = visible ? "" : "none";
    if (visible) draw(box, left + (x - from) * scale, (end - x) * scale);
  }
});
