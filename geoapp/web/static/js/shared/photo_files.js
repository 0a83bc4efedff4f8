/**
 * Picked photos, held on this phone until the server has them: a page that was reloaded can't ask
 * the file input again. In IndexedDB; where a browser keeps nothing (private mode), in memory.
 */

const STORE = 'files';

/**
 * A place for files by key; every promise resolves, also where nothing can be kept.
 *
 * @param {string|null} [name]  of the place: pages that keep drafts of their own share none; null keeps
 *   them in memory alone
 * @returns {{put: (key: string, file: Blob) => Promise<void>, get: (key: string) => Promise<Blob|null>,
 *   remove: (key: string) => Promise<void>, keep: (keys: string[]) => Promise<void>}}
 */
export function photoFiles(name = 'geoapp-photos') {
  const memory = new Map();
  let opened = null;

  function open() {
    opened ??= new Promise((resolve) => {
      if (!name) { resolve(null); return; }
      try {
        const request = window.indexedDB.open(name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(null);
        request.onblocked = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
    return opened;
  }

  async function ask(mode, question) {
    const database = await open();
    if (!database) return null;
    return new Promise((resolve) => {
      try {
        const transaction = database.transaction(STORE, mode);
        const request = question(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request?.result ?? null);
        transaction.onerror = () => resolve(null);
        transaction.onabort = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
  }

  return {
    async put(key, file) {
      memory.set(key, file);
      await ask('readwrite', (store) => store.put(file, key));
    },
    async get(key) {
      return memory.get(key) ?? ask('readonly', (store) => store.get(key));
    },
    async remove(key) {
      memory.delete(key);
      await ask('readwrite', (store) => store.delete(key));
    },
    /** Let go of every file but those of *keys*: of a draft that was given up. */
    async keep(keys) {
      const held = (await ask('readonly', (store) => store.getAllKeys())) ?? [];
      for (const key of held) if (!keys.includes(key)) await this.remove(key);
    },
  };
}
