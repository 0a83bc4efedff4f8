// Buttons that copy what is told once.

/** Show every copy button and let it copy the field it names. */
export function copyButtons(words) {
  for (const button of document.querySelectorAll('[data-copies]')) {
    const field = document.getElementById(button.dataset.copies);
    button.hidden = false;
    button.addEventListener('click', async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        // Pages that aren't served by https have no clipboard; the selection can still be copied.
        if (!document.execCommand('copy')) return;
      }
      button.querySelector('span').textContent = words.copied ?? '';
    });
  }
}
