import { address } from '../shared/api.js';
import { t } from '../shared/i18n.js';
import { openPicture } from '../shared/pictures.js';
import { problem, signInAgain } from './problems.js';
import { askWhy } from './why.js';
import { send } from './shared/api.js';

/** The photos of a case: a tap opens one large; one that must not be public is hidden, with a reason. */
export class CasePhotos {
  /** @param {{say: (words: string) => void, onChanged: () => Promise<void>}} options */
  constructor({ say, onChanged }) {
    Object.assign(this, { say, onChanged, ticket: null, form: null, id: null });
  }

  /** Take over the photos in *live*; a reason being typed stays. */
  adopt(live, facts) {
    if (this.ticket !== facts.ticket) this.form = null;
    this.ticket = facts.ticket;
    for (const list of live.querySelectorAll('.case-pics')) {
      const links = [...list.querySelectorAll('a[data-photo]')];
      const photos = links.map((link) => {
        const [width, height] = link.dataset.photoSize.split('x').map(Number);
        return { id: link.dataset.photo, large: link.dataset.photoLarge, small: link.querySelector('img').src, width, height };
      });
      links.forEach((link, i) => link.addEventListener('click', (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        openPicture(photos, i, this.ticket);
      }));
      for (const button of list.querySelectorAll('[data-photo-act]')) {
        button.hidden = false;
        button.addEventListener('click', () => this.ask(button, list));
      }
    }
    if (!this.form) return;
    const own = live.querySelector(`[data-photo-id="${CSS.escape(this.id)}"]`)?.closest('.case-pics');
    (own ?? live.querySelector('.case-pics'))?.after(this.form);
  }

  ask(button, list) {
    const { photoN: n, photoId: id, photoAct: act } = button.dataset;
    this.form?.remove();
    this.id = id;
    this.form = askWhy({
      title: t(`photo_${act}_title`, { n }), about: t(`photo_${act}_about`), label: t('field_reason'), ready: t(`photo_${act}_ready`).split('|'), act: t(`photo_${act}_do`),
      least: 1, tooShort: t('field_missing'),
      onSend: async (reason) => {
        await send(address(`/api/v1/work/photos/${id}/hide`), { reason, hidden: act === 'hide' });
        await this.changed(t(`photo_${act}_done`, { n }), id);
      },
      words: this.words,
      onCancel: () => { this.form.remove(); this.form = null; button.focus(); },
    });
    list.after(this.form);
    this.form.querySelector('textarea').focus();
  }

  words = async (error) => [await problem(error, { ticket: this.ticket }), signInAgain(error)];

  async changed(words, id) {
    this.form?.remove();
    this.form = null;
    await this.onChanged();
    this.say(words);
    document.querySelector(`[data-photo-act][data-photo-id="${CSS.escape(id)}"]`)?.focus();
  }
}
