// Lists the licences of all dependencies, and fails where one is not on the list of licences.mjs.
// node scripts/check-licences.mjs [--list]

import { dependencies, unlicensed } from './licences.mjs';

const packages = await dependencies('package-lock.json');
if (process.argv.includes('--list')) {
  for (const { name, version, licence, development } of packages)
    console.log(`${development ? 'development' : 'runtime    '}  ${licence.padEnd(18)}  ${name} ${version}`);
}
const refused = unlicensed(packages);
for (const { name, version, licence } of refused)
  console.error(`${name} ${version}: its licence (${licence}) is not on the list in scripts/licences.mjs.`);
if (refused.length > 0) process.exitCode = 1;
else console.log(`The licences of ${packages.length} packages are on the list.`);
