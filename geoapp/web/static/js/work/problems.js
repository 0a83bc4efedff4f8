import { config } from '../shared/config.js';
import { t } from '../shared/i18n.js';
import { fetchCase, newestOf } from './fetch.js';
import { work } from './rules.js';

/**
 * Why the server refused, in the reader's words. The API speaks English; its codes are translated
 * here, and who has changed a case is read from the case itself.
 *
 * @param {{status?: number, code?: string, message?: string, remedy?: string}} error
 * @param {{step?: string, ticket?: string, newest?: (ticket: string) => Promise<string|null>}} about
 */
export async function problem(error, { step = null, ticket = null, newest = async (one) => newestOf(await fetchCase(one)) } = {}) {
  if (!error.status) return `${t('not_reached')}. ${t('not_reached_why')}`;
  const english = config.lang === 'en' ? [error.message, error.remedy].filter(Boolean).join(' ') : '';
  if (error.code === 'changed_meanwhile') {
    const who = ticket ? await newest(ticket).catch(() => null) : null;
    return [t('changed_by_other'), who].filter(Boolean).join(' ');
  }
  if (english) return english;
  const sources = step ? work().steps[step]?.sources ?? [] : [];
  if (error.code === 'step_refused' && step && sources.length) {
    return t('refused_step', { step: t(`step_${step}`), statuses: sources.map((status) => t(`status_${status}`)).join(', ') });
  }
  const key = `refused_${error.code}`;
  return t(key) === key ? t('refused_other') : t(key);
}
