/** What is wrong, who may see it, and how to reach whoever says so. */

import { byId } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { peoplePart } from './contact.js';
import { descriptionFits, descriptionLength } from './draft.js';
import { following } from './flow.js';
import { DESCRIPTION_MAX, DESCRIPTION_MIN, LANDMARK_MAX } from './limits.js';

/** Show *message* at *field*, or take it away when empty. */
function setError(field, node, message) {
  node.textContent = message;
  node.hidden = !message;
  if (message) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
}

/**
 * @param {object} app  what the screens share, see main.js
 */
export function describeScreen(app) {
  const text = byId('describe-text');
  const textError = byId('describe-text-error');
  const landmark = byId('describe-landmark');
  const landmarkError = byId('describe-landmark-error');
  const people = peoplePart(app);
  const count = byId('describe-count');

  text.addEventListener('input', () => {
    app.save({ description: text.value });
    delete app.refused.description;
    showCount();
    // Being corrected is no time to be scolded: the error goes as soon as the text fits.
    if (descriptionFits(text.value)) setError(text, textError, '');
  });
  landmark.addEventListener('input', () => {
    app.save({ landmark: landmark.value });
    delete app.refused.landmark;
    setError(landmark, landmarkError, landmarkProblem());
  });
  byId('describe-add-place').addEventListener('click', () => app.go('where'));
  byId('describe-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const problem = descriptionProblem();
    setError(text, textError, problem);
    setError(landmark, landmarkError, landmarkProblem());
    const contact = people.check();
    if (problem) text.focus();
    else if (landmarkProblem()) landmark.focus();
    else if (contact) contact.focus();
    else app.go(following('describe', app.draft, app.service()));
  });

  function descriptionProblem() {
    if (app.refused.description) return app.refused.description;
    const length = descriptionLength(text.value);
    if (length < DESCRIPTION_MIN) {
      return t(length ? 'report_text_short' : 'report_text_missing', { n: DESCRIPTION_MIN - length, min: DESCRIPTION_MIN });
    }
    if (length > DESCRIPTION_MAX) return t('report_text_long', { n: number(length - DESCRIPTION_MAX) });
    return '';
  }

  function landmarkProblem() {
    if (app.refused.landmark) return app.refused.landmark;
    const over = descriptionLength(landmark.value) - LANDMARK_MAX;
    return over > 0 ? t('report_text_long', { n: over }) : '';
  }

  function showCount() {
    const length = descriptionLength(text.value);
    count.textContent = `${number(length)} / ${number(DESCRIPTION_MAX)}`;
    count.classList.toggle('over', length > DESCRIPTION_MAX);
  }

  return {
    enter() {
      const { draft } = app;
      text.value = draft.description;
      landmark.value = draft.landmark;
      people.enter();
      byId('describe-placeless').hidden = Boolean(app.service()?.needs_place || draft.place);
      setError(text, textError, app.refused.description ?? '');
      setError(landmark, landmarkError, app.refused.landmark ?? '');
      showCount();
      app.save();
    },
  };
}
