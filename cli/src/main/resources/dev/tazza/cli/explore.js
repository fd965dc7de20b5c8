// Lines of the same instruction light up together, and are scrolled to in the other columns.
const lines = new Map();
for (const line of document.querySelectorAll("[data-o]")) {
  const others = lines.get(line.dataset.o);
  if (others) others.push(line);
  else lines.set(line.dataset.o, [line]);
}

let lit = [];

function light(line) {
  for (const other of lit) other.classList.remove("lit");
  lit = line ? lines.get(line.dataset.o) : [];
  for (const other of lit) other.classList.add("lit");
}

// Moves the first lit line of each column of this function into view, but not the page.
function follow(line) {
  const columns = line.closest(".columns");
  for (const column of columns.querySelectorAll("pre")) {
    if (column.contains(line)) continue;
    const first = lit.find(other => column.contains(other));
    if (!first) continue;
    const top = first.offsetTop - column.offsetTop;
    if (top < column.scrollTop || top > column.scrollTop + column.clientHeight - 20) {
      column.scrollTop = top - column.clientHeight / 2;
    }
  }
}

document.body.addEventListener("mouseover", event => {
  const line = event.target.closest("[data-o]");
  light(line);
  if (line) follow(line);
});
