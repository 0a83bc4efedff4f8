import { fetchedPage } from '../shared/fetched.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/*
 * Sending a boundary file. The form works without this; with it a bar says how far the file has
 * come, a file that is too large is told before it is sent, and the chosen file stays chosen when
 * something is wrong with it.
 */

const MB = 1024 * 1024;

/** @param {HTMLFormElement|null} form */
export function uploading(form) {
  if (!form) return;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form);
  });
  // The chosen file moves on into the form that comes after a refusal: its form is asked for then.
  form.querySelector('[name="file"]').addEventListener('change', ({ target }) => fault(target.form, tooLarge(target.form)));
}

/** What is wrong with the size of the chosen file; empty when nothing is. */
function tooLarge(form) {
  const [file] = form.querySelector('[name="file"]').files;
  const most = Number(form.dataset.most);
  if (!file || file.size <= most) return '';
  return t('b_too_large', { size: number(file.size / MB, 1), most: number(most / MB) });
}

function send(form) {
  const wrong = tooLarge(form);
  fault(form, wrong);
  if (wrong) return;
  const box = form.querySelector('[data-progress]');
  const bar = box.querySelector('progress');
  const told = box.querySelector('p');
  const button = form.querySelector('[type="submit"]');
  const request = new XMLHttpRequest();
  const busy = (on) => {
    box.hidden = !on;
    button.disabled = on;
  };
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    Object.assign(bar, { max: total, value: loaded });
    told.textContent = t('b_sending', { done: number(loaded / MB, 1), total: number(total / MB, 1) });
  });
  request.upload.addEventListener('load', () => {
    bar.removeAttribute('value');
    told.textContent = t('b_reading');
  });
  request.addEventListener('load', () => {
    const to = request.getResponseHeader('Location');
    if (request.status === 201 && to) { location.assign(to); return; }
    busy(false);
    answered(form, request.responseText);
  });
  request.addEventListener('error', () => {
    busy(false);
    fault(form, t('b_cut_off'));
  });
  request.open('POST', form.action);
  request.setRequestHeader('X-Upload', '1');
  request.setRequestHeader('Accept', 'text/html');
  busy(true);
  bar.removeAttribute('value');
  told.textContent = t('b_reading');
  request.send(new FormData(form));
}

/** Show the form as it was answered, with the file that is chosen here. */
function answered(form, text) {
  const fresh = fetchedPage(text).getElementById('upload');
  if (!fresh) { fault(form, t('b_cut_off')); return; }
  const file = form.querySelector('[name="file"]');
  const place = fresh.querySelector('[name="file"]');
  for (const name of ['aria-invalid', 'aria-describedby']) {
    if (place.hasAttribute(name)) file.setAttribute(name, place.getAttribute(name));
    else file.removeAttribute(name);
  }
  const shown = document.adoptNode(fresh);
  shown.querySelector('[name="file"]').replaceWith(file);
  form.replaceWith(shown);
  uploading(shown);
  (shown.querySelector('[aria-invalid="true"]') ?? shown.querySelector('.o-trouble') ?? shown).scrollIntoView({ block: 'center' });
  shown.querySelector('[aria-invalid="true"]')?.focus();
}

/** A fault of the file, beside its field; none for an empty text. */
function fault(form, text) {
  const file = form.querySelector('[name="file"]');
  let told = form.querySelector('#file-fault');
  if (!text) {
    told?.remove();
    file.removeAttribute('aria-invalid');
    return;
  }
  if (!told) {
    told = document.createElement('p');
    told.id = 'file-fault';
    told.className = 'o-fault';
    file.after(told);
  }
  told.setAttribute('role', 'alert');
  told.textContent = text;
  file.setAttribute('aria-invalid', 'true');
  file.setAttribute('aria-describedby', 'file-fault');
}
