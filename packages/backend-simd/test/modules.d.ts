/** The part of Jasmine's standalone build that the tests use. */
declare module 'jasmine-core/lib/jasmine-core/jasmine.js' {
  interface Result {
    readonly status: string;
    readonly fullName: string;
    readonly failedExpectations: readonly { readonly message: string }[];
  }
  interface Env {
    configure(configuration: { readonly random: boolean }): void;
    addReporter(reporter: { specDone(result: Result): void }): void;
    execute(): Promise<unknown>;
  }
  interface Jasmine {
    DEFAULT_TIMEOUT_INTERVAL: number;
    getEnv(options: { readonly suppressLoadErrors: boolean }): Env;
  }
  const jasmineRequire: {
    core(require: unknown): Jasmine;
    interface(jasmine: Jasmine, env: Env): object;
  };
  export default jasmineRequire;
}
