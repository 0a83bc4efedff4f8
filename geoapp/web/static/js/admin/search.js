// Fields that narrow a long list while one types.

/** Letters and figures of a text, so that "danau-sipin" finds "Danau Sipin". */
const bare = (text) => text.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '');

function listen(box, narrow, words) {
  const found = box.querySelector('[data-found]');
  const input = box.querySelector('input');
  box.hidden = false;
  input.addEventListener('input', () => {
    const count = narrow(bare(input.value));
    found.textContent = (words.n_found ?? '{n}').replace('{n}', count);
  });
  // Enter in a search field must not send the form it stands in.
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });
}

/** The areas of a grant: search by name, and say how many are ticked. */
export function areaSearch(words) {
  for (const areas of document.querySelectorAll('[data-areas]')) {
    const groups = [...areas.querySelectorAll('[data-group]')].map((group) => ({
      group,
      name: bare(group.querySelector('legend').textContent),
      labels: [...group.querySelectorAll('label')],
    }));
    const narrow = (wanted) => {
      let count = 0;
      for (const { group, name, labels } of groups) {
        let shown = 0;
        for (const label of labels) {
          const ticked = label.querySelector('input').checked;
          label.hidden = !(name.includes(wanted) || bare(label.textContent).includes(wanted) || ticked);
          shown += label.hidden ? 0 : 1;
        }
        group.hidden = shown === 0;
        count += shown;
      }
      return count;
    };
    listen(areas.querySelector('[data-search]'), narrow, words);
    const count = areas.querySelector('[data-count]');
    const none = count.textContent;
    const tell = () => {
      const ticked = areas.querySelectorAll('input[type="checkbox"]:checked').length;
      count.textContent = ticked ? (words.n_chosen ?? '{n}').replace('{n}', ticked) : none;
    };
    areas.addEventListener('change', tell);
    tell();
  }
}

/** Rows of the tables in one element by any of their words; parts without a row disappear. */
export function rowSearch(words) {
  for (const box of document.querySelectorAll('[data-rows]')) {
    const whole = document.getElementById(box.dataset.rows);
    const rows = [...whole.querySelectorAll('tbody tr')];
    const parts = [...whole.querySelectorAll('[data-part]')];
    const narrow = (wanted) => {
      for (const row of rows) row.hidden = !bare(row.textContent).includes(wanted);
      for (const part of parts) part.hidden = !part.querySelector('tbody tr:not([hidden])');
      return rows.filter((row) => !row.hidden).length;
    };
    listen(box, narrow, words);
  }
}
