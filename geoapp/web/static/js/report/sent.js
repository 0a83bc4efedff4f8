/** Last screen: the ticket, what happens next and by when. Survives a reload of this tab. */

import { address } from '../shared/api.js';
import { localName } from '../shared/config.js';
import { byId, el, icon } from '../shared/dom.js';
import { moment } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { copyText, shareLink } from '../ticket/link.js';
import { createNotify } from './notify.js';

const KEY = 'geoapp.report.sent';

/** The last acknowledged report of this tab, or null. */
export function loadSent() {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEY) ?? 'null') ?? memory;
  } catch {
    return memory;
  }
}

/** Keep what the server answered, for this tab only. */
export function keepSent(sent) {
  memory = sent;
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(sent));
  } catch {
    // Shown from memory; a reload then starts at the first screen.
  }
}

/** Forget it, when another report is begun. */
export function clearSent() {
  memory = null;
  try {
    window.sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored.
  }
}

let memory = null;

function step(state, strong, small) {
  return el(`li.${state}`, {}, icon(state === 'ok' ? 's-resolved' : 's-submitted'), el('b', {}, strong), el('p', {}, small));
}

/**
 * @param {object} app  what the screens share, see main.js
 */
export function sentScreen(app) {
  let link = '';
  let own = '';
  let ticket = '';
  let key = null;
  const notify = createNotify('sent', () => ({ ticket, key }), (text) => app.say(text));
  byId('sent-copy').addEventListener('click', async () => {
    const copied = await copyText(ticket);
    byId('sent-copy').lastElementChild.textContent = t(copied ? 'report_copied' : 'report_copy_failed');
    app.say(t(copied ? 'report_copied' : 'report_copy_failed'));
  });
  byId('sent-own-copy').addEventListener('click', async () => {
    const copied = await copyText(own);
    byId('sent-own-copy').textContent = t(copied ? 'report_own_copied' : 'report_copy_failed');
    app.say(t(copied ? 'report_own_copied' : 'report_copy_failed'));
  });
  byId('sent-share').addEventListener('click', async () => {
    const how = await shareLink(link, t('report_share_title', { ticket }));
    if (how === 'copied') {
      byId('sent-share').lastElementChild.textContent = t('report_link_copied');
      app.say(t('report_link_copied'));
    }
  });

  return {
    enter() {
      const { answer, service_name: name, confidential, area, notices } = loadSent();
      ticket = answer.ticket;
      key = answer.follow_key ?? null;
      link = new URL(answer.links?.page ?? address(`/c/${encodeURIComponent(ticket)}`), window.location.href).href;
      byId('sent-ticket').textContent = ticket;
      byId('sent-what').textContent = answer.kelurahan
        ? `${localName(name)}, ${t('kelurahan_short', { name: answer.kelurahan.name })}` : localName(name);
      byId('sent-copy').lastElementChild.textContent = t('report_copy');
      byId('sent-share').lastElementChild.textContent = t('report_share');
      // Behind its # stands the sender's key: for the reporter alone, never in what is shared.
      own = new URL(answer.links?.follow ?? link, window.location.href).href;
      byId('sent-follow').href = own;
      byId('sent-open').href = own;
      byId('sent-own-copy').textContent = t('report_own_copy');
      const offered = notify.reset();
      if (notices) notify.show(notices);
      // One thing to do at the thumb: be told, or else look by oneself.
      byId('sent-follow').hidden = offered && !notices;
      byId('sent-open').hidden = !byId('sent-follow').hidden;
      byId('sent-map').href = confidential || area !== 'point' ? address('/') : answer.links?.map ?? address('/', { open: ticket });
      byId('sent-keep').textContent = t(confidential ? 'report_keep_confidential_link' : 'report_keep_link');
      byId('sent-timeline').replaceChildren(
        step('ok', t('status_submitted'), moment(answer.submitted_at, true)),
        step('next', t('report_next_verified'), t('report_next_verified_hint')),
        step('next', t('report_next_agency', { agency: answer.agency.name }), t(area === 'point' ? 'report_next_by_pin' : area === 'area' ? 'report_next_by_area' : 'report_next_by_service')),
        ...(answer.due_at ? [step('next', t('report_next_target'), moment(answer.due_at, true))] : []),
      );
    },
  };
}
