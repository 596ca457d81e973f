export interface Check {
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
export interface Section {
  readonly title: string;
  readonly intro: string;
  readonly tables: readonly Table[];
  readonly checks: readonly Check[];
  readonly notes?: readonly string[];
}
export interface BenchOptions {
  readonly quick: boolean;
}
