// Small helps on every page; all pages work without them.

// After a form came back with errors, reading starts at the summary.
document.querySelector("[data-autofocus]")?.focus();

// A menu closes when attention moves elsewhere, or with Escape.
const menus = () => document.querySelectorAll(".fold[open], .menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Printing needs a script; the button stays hidden where there is none.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Words are suggested from two letters on.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "suche-q" && event.target.value.trim().length < 2) event.preventDefault();
});
