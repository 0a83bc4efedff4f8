/** After "me too": thanks, the report's own page, and news of it for whoever wants them. */

import { address } from '../shared/api.js';
import { localName } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { takeBack } from '../shared/metoo.js';
import { createNotify } from './notify.js';

const WORDS = { new: 'report_thanks_new', again: 'report_thanks_again', own: 'report_thanks_own' };

/**
 * @param {object} app  what the screens share, see main.js
 */
export function thanksScreen(app) {
  const undo = byId('thanks-undo');
  const notify = createNotify('thanks', () => ({ ticket: app.supported.ticket, key: null }), (text) => app.say(text));

  undo.addEventListener('click', async () => {
    const { ticket } = app.supported;
    try {
      await takeBack(ticket);
    } catch {
      app.say(t('report_support_failed'));
      byId('thanks-words').textContent = t('report_support_failed');
      return;
    }
    app.supported = null;
    app.go('describe', { replace: true });
  });

  return {
    enter() {
      const { complaint, ticket, supporters, result } = app.supported;
      byId('thanks-words').textContent = t(WORDS[result] ?? WORDS.new);
      byId('thanks-what').textContent = [localName(complaint.service_name), complaint.kelurahan && t('kelurahan_short', { name: complaint.kelurahan.name })].filter(Boolean).join(', ');
      byId('thanks-ticket').textContent = ticket;
      byId('thanks-count').textContent = supporters > 0 ? t('report_supported', { n: number(supporters), count: supporters }) : '';
      byId('thanks-open').href = address(`/c/${encodeURIComponent(ticket)}`);
      undo.hidden = result !== 'new';
      const offered = notify.reset();
      byId('thanks-open').classList.toggle('primary', !offered);
    },
  };
}
