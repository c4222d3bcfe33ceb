/** The Cache API in memory, as far as munit uses it. */
export class FakeCaches {
  readonly entries = new Map<string, { headers: Headers; bytes: Uint8Array<ArrayBuffer> }>();
  full = false;
  /** What a page sees under `caches`. */
  readonly storage = {
    open: () => Promise.resolve(this.#cache),
    delete: () => {
      this.entries.clear();
      return Promise.resolve(true);
    },
  };

  readonly #cache = {
    match: (key: string | Request) => {
      const found = this.entries.get(urlOf(key));
      return Promise.resolve(found === undefined ? undefined : new Response(found.bytes, { headers: found.headers }));
    },
    put: async (key: string | Request, response: Response) => {
      if (this.full) throw new DOMException('The quota is exceeded.', 'QuotaExceededError');
      this.entries.set(urlOf(key), { headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) });
    },
    delete: (key: string | Request) => Promise.resolve(this.entries.delete(urlOf(key))),
    keys: () => Promise.resolve([...this.entries.keys()].map((url) => new Request(url))),
  };
}

const urlOf = (key: string | Request): string => (typeof key === 'string' ? key : key.url);
