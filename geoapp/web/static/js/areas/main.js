// A service area's form: shows what goes with the chosen coverage, and keeps map and text alike.
// Without scripts the form works as it stands.

import { t } from '../shared/i18n.js';
import { createEditor } from './editor.js';
import { createGround } from './ground.js';

const form = document.getElementById('area-form');

function start() {
  const text = form.elements.geometry;
  const ground = createGround(form.dataset.code);
  const editor = ground && createEditor(ground, { snapPx: Number(form.dataset.snap), changed: (geometry) => { text.value = geometry ? JSON.stringify(geometry) : ''; } });

  function chosen() { return form.elements.coverage.value; }

  function show() {
    for (const part of form.querySelectorAll('[data-coverage]')) part.hidden = !part.dataset.coverage.split(' ').includes(chosen());
    editor?.enable(chosen() === 'polygon');
    return ground?.tint({ city: null, areas: ticked(), polygon: [] }[chosen()] ?? []);
  }
  const ticked = () => [...form.querySelectorAll('[name="kelurahan"]:checked')].map((box) => box.value);

  /** Put what the text says on the map; WKT waits for the server. */
  function read() {
    const value = text.value.trim();
    if (!value) { editor.show(null); return; }
    try {
      editor.show(JSON.parse(value));
    } catch {
      editor.tell(t('areas_text_bad'));
    }
  }

  fit(form.elements.group, form.elements.service);
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'coverage' || target.name === 'kelurahan') show();
    if (target === text && editor) read();
  });
  // What is half drawn is no polygon yet: leave it out rather than lose the whole form.
  form.addEventListener('submit', () => editor?.stop());
  if (editor && text.value.trim()) read();
  const tinted = show();
  ground?.look(editor?.bounds());
  if (chosen() === 'areas') tinted?.then((bounds) => ground.look(bounds));
}

/** Only services of the chosen group can be chosen; a service chosen first keeps the group open. */
function fit(group, service) {
  const narrow = () => {
    for (const part of service.querySelectorAll('optgroup')) part.hidden = part.disabled = Boolean(group.value) && part.dataset.group !== group.value;
    const own = service.selectedOptions[0]?.closest('optgroup');
    if (own?.disabled) service.value = '';
  };
  group.addEventListener('change', narrow);
  narrow();
}

if (form) start();
