import { config } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { fetchCase, newestOf } from './fetch.js';
import { work } from './rules.js';

/**
 * Why the server refused, in the reader's words. The API speaks English; its codes are translated
 * here, and who has changed a case is read from the case itself.
 *
 * @param {{status?: number, code?: string, message?: string, remedy?: string}} error
 * @param {{step?: string, ticket?: string, newest?: (ticket: string) => Promise<{words: string, own: boolean}|null>}} about
 */
export async function problem(error, { step = null, ticket = null, newest = async (one) => newestOf(await fetchCase(one)) } = {}) {
  if (!error.status) return `${t('not_reached')}. ${t('not_reached_why')}`;
  const english = config.lang === 'en' ? [error.message, error.remedy].filter(Boolean).join(' ') : '';
  if (error.code === 'changed_meanwhile') {
    const who = ticket ? await newest(ticket).catch(() => null) : null;
    return [t(who?.own ? 'changed_by_self' : 'changed_by_other'), who?.words].filter(Boolean).join(' ');
  }
  if (error.code === 'not_signed_in') return t('refused_not_signed_in');
  if (english) return english;
  const sources = step ? work().steps[step]?.sources ?? [] : [];
  if (error.code === 'step_refused' && step && sources.length) {
    return t('refused_step', { step: t(`step_${step}`), statuses: sources.map((status) => t(`status_${status}`)).join(', ') });
  }
  const key = `refused_${error.code}`;
  return t(key) === key ? t('refused_other') : t(key);
}

/** The way to sign in without leaving what was typed; null unless *error* says that the session has ended. */
export function signInAgain(error) {
  return error.code === 'not_signed_in' ? el('a', { href: `${config.base ?? ''}/login`, target: '_blank', rel: 'noopener' }, t('sign_in_new_tab')) : null;
}
