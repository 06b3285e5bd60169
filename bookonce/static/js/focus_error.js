// Whoever pressed a button and was refused is led to the reason, which stands above everything else. An answer in
// place is led to by swap.js and sheet.js. Without this file the reason is the first thing on the page.

const reason = document.querySelector("main .notice[role=alert]");

// A page of one field, which says what is wrong at the field, leads there by itself. Where scripts come late, whoever
// has begun to mend it is not fetched back.
const begun = scrollY > 0 || document.activeElement !== document.body;
if (reason && !begun && !document.querySelector("main [autofocus]:not(.menu *)")) {
  reason.tabIndex = -1;
  reason.focus();
}
