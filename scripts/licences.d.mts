export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly development: boolean;
}
export function permits(expression: string, allowed: ReadonlySet<string>): boolean;
export function dependencies(lockFile: string): Promise<Dependency[]>;
export function unlicensed(packages: readonly Dependency[]): Dependency[];
