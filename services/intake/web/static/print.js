// Buttons that print need a script; without one, the browser's own menu does the same and a line says so.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const line of document.querySelectorAll("[data-print-without]")) line.hidden = true;
if (document.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());
