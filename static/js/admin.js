// Gives names to what the administration's own pages leave nameless for screen readers.

// The rich text editor puts a text box beside the hidden field that the label belongs to.
function nameEditors() {
  for (const box of document.querySelectorAll(".ProseMirror:not([aria-label])")) {
    const label = box.closest(".form-row, .flex-container, td")?.querySelector("label");
    if (label) box.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
  }
}

// So does the box that stands for a list which one can type in: its text is the choice, not the question.
function nameLists() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const box = select.nextElementSibling?.querySelector(":is([role=textbox], [role=searchbox]):not([aria-label])");
    const label = select.labels[0]?.textContent.trim();
    if (box && label) box.setAttribute("aria-label", label);
  }
}

// In a table of rows the heading of the column is all that names a field.
function nameCells() {
  const cells = ".tabular td:is([class^=field-], .delete)";
  for (const field of document.querySelectorAll(`${cells} :is(input, select, textarea):not([aria-label])`)) {
    const heading = field.closest("table").tHead?.rows[0].cells[field.closest("td").cellIndex];
    if (!field.labels?.length && heading) field.setAttribute("aria-label", heading.textContent.trim());
  }
}

function nameAll() {
  nameEditors();
  nameLists();
  nameCells();
}

new MutationObserver(nameAll).observe(document.documentElement, { childList: true, subtree: true });

// Column headings without words are no headings.
document.addEventListener("DOMContentLoaded", () => {
  for (const head of document.querySelectorAll("thead th:empty")) {
    const cell = document.createElement("td");
    cell.className = head.className;
    head.replaceWith(cell);
  }
});

// Long lists that one can type in. The list below stays what is sent.
document.addEventListener("DOMContentLoaded", () => {
  for (const select of document.querySelectorAll("select.searchable")) {
    const language = document.documentElement.lang.slice(0, 2);
    window.django.jQuery(select).select2({
      language,
      theme: "admin-autocomplete",
      width: "style",
      placeholder: select.options[0]?.text,
      allowClear: true,
    });
  }
});
