/** The sender's own view: what is kept from the public, and the whole history with their words. */

import { config, localName } from '../shared/config.js';
import { byId, el, icon } from '../shared/dom.js';
import { moment } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { sentPictures } from './sentphotos.js';

const ENDED = ['resolved', 'closed', 'rejected', 'out_of_authority', 'duplicate'];

/** What an entry of the history is called. */
export function entryTitle(entry) {
  switch (entry.kind) {
    case 'answer': return t('mine_answer');
    case 'reply': return t(entry.solved ? 'mine_agreed' : 'mine_your_reply');
    case 'rating': return t('mine_rated', { n: entry.stars });
    case 'escalated': return t('mine_escalated');
    case 'assignment': return t('mine_agency', { agency: entry.agency ?? '–' });
    default: return t(`status_${entry.status ?? 'submitted'}`);
  }
}

/** The entries worth a line; the reply that only said "finished" is told by the status that follows. */
export function told(history) {
  return history.filter((entry, at) => !(entry.kind === 'reply' && entry.solved && !entry.words
    && !entry.photos.length && history[at + 1]?.status === 'closed'));
}

/**
 * Show *mine* in the page.
 *
 * @param {object} mine    the answer of POST …/mine
 * @param {string} key
 */
export function showMine(mine, key) {
  const place = byId('ticket-mine');
  if (mine.confidential) {
    place.replaceChildren(...content(mine, key));
    place.hidden = false;
  }
  const list = byId('ticket-history');
  const entries = told(mine.history);
  const rows = entries.map((entry, at) => row(entry, at === entries.length - 1, mine.ticket, key));
  for (const old of list.querySelectorAll('li:not(.next)')) old.remove();
  list.prepend(...rows);
}

function content(mine, key) {
  const facts = [
    ['mine_kelurahan', mine.kelurahan],
    ['mine_agency_label', mine.agency],
    ['mine_landmark', mine.landmark],
  ].filter(([, value]) => value);
  return [
    el('h2', {}, t('mine_sent')),
    el('p.c-kind', {}, localName(mine.service_name)),
    sentPictures(mine.ticket, key, mine.photos),
    el('p.c-text', { dir: 'auto' }, mine.description ?? ''),
    el('dl.kv', {}, facts.flatMap(([label, value]) => [el('dt', {}, t(label)), el('dd', { dir: 'auto' }, value)])),
  ].filter(Boolean);
}

function row(entry, last, ticket, key) {
  const now = last && !ENDED.includes(entry.status);
  const sign = last && entry.status ? `s-${entry.status}` : entry.own ? 'i-person' : 's-resolved';
  return el(`li.${now ? 'now' : 'ok'}`, {},
    icon(document.getElementById(sign) ? sign : 's-resolved'),
    el('b', {}, entryTitle(entry)),
    entry.words ? el('p.words', { dir: 'auto' }, entry.words) : null,
    entry.authority ? el('p', {}, t('mine_authority', { authority: entry.authority })) : null,
    entry.lead ? el('p', {}, `${t('mine_merged')} `, el('a.nowrap', { href: `${config.base ?? ''}/c/${encodeURIComponent(entry.lead)}` }, entry.lead)) : null,
    sentPictures(ticket, key, entry.photos),
    el('p', {}, el('time', { datetime: entry.at }, moment(entry.at, config.lang !== 'en'))));
}
