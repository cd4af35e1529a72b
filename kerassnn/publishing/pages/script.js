// Filters and sorts the table of entries, and hides what the charts have of
// entries that are filtered out. The choice stands in the address.
"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const table = document.getElementById("entries");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const buttons = Array.from(table.tHead.querySelectorAll("button"));
  const filters = ["dataset", "method", "timesteps", "kind"];
  let descending = false;

  function fits(row) {
    const wanted = form.elements.search.value.trim().toLowerCase();
    return row.dataset.name.includes(wanted) && filters.every((name) => {
      const value = form.elements[name].value;
      return value === "" || row.dataset[name] === value;
    });
  }

  function compare(column) {
    return (first, second) => {
      const a = first.cells[column].dataset.value;
      const b = second.cells[column].dataset.value;
      const numbers = a !== "" && b !== "" && !isNaN(a) && !isNaN(b);
      return numbers ? Number(a) - Number(b) : a.localeCompare(b);
    };
  }

  function sorted() {
    const column = form.elements.sort.value;
    for (const button of buttons) {
      const chosen = button.dataset.column === column;
      const order = descending ? "descending" : "ascending";
      button.parentElement.setAttribute("aria-sort", chosen ? order : "none");
    }
    if (column === "") return rows;
    const found = rows.slice().sort(compare(Number(column)));
    return descending ? found.reverse() : found;
  }

  function remember() {
    const chosen = new URLSearchParams();
    for (const name of [...filters, "search", "sort"]) {
      const value = form.elements[name].value;
      if (value !== "") chosen.set(name, value);
    }
    if (descending) chosen.set("order", "descending");
    const text = chosen.toString();
    history.replaceState(null, "", text ? "#" + text : "#");
  }

  function recall() {
    const chosen = new URLSearchParams(location.hash.slice(1));
    for (const name of [...filters, "search", "sort"]) {
      const field = form.elements[name];
      field.value = chosen.get(name) || "";
      if (field.selectedIndex === -1) field.value = "";
    }
    descending = chosen.get("order") === "descending";
  }

  function show() {
    const shown = new Set();
    for (const row of sorted()) {
      body.append(row);
      row.hidden = !fits(row);
      if (!row.hidden) shown.add(row.dataset.name);
    }
    for (const part of document.querySelectorAll("[data-entry]")) {
      part.classList.toggle("off", !shown.has(part.dataset.entry));
    }
    for (const part of document.querySelectorAll("section[data-dataset]")) {
      part.hidden = !part.querySelector("[data-entry]:not(.off)");
    }
    const count = shown.size === rows.length
      ? rows.length + " entries"
      : shown.size + " of " + rows.length + " entries";
    document.getElementById("count").value = count;
  }

  function change() {
    show();
    remember();
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const same = form.elements.sort.value === button.dataset.column;
      descending = same ? !descending : false;
      form.elements.sort.value = button.dataset.column;
      change();
    });
  }
  form.addEventListener("input", (event) => {
    if (event.target.name === "sort") descending = false;
    change();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    descending = false;
    setTimeout(change);
  });
  window.addEventListener("hashchange", () => {
    recall();
    show();
  });
  form.hidden = false;
  recall();
  show();
})();
