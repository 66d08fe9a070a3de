import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packages, readJson, root } from './workspace.mjs';

/** The folders of all packages that the package in `folder` depends on at run time, by way of others too. */
function dependencies(folder, found = new Set()) {
  const { dependencies: needed, optionalDependencies: optional } = readJson(
    path.join(folder, 'package.json'),
  );
  for (const name of Object.keys({ ...needed, ...optional })) {
    const dependency = findPackage(name, folder);
    // An optional package for another platform is not installed.
    if (dependency === undefined || found.has(dependency)) continue;
    found.add(dependency);
    dependencies(dependency, found);
  }
  return found;
}

function findPackage(name, folder) {
  for (let parent = folder; parent.startsWith(root.replace(/\/$/, '')); parent = path.dirname(parent)) {
    const candidate = path.join(parent, 'node_modules', name);
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  return undefined;
}

/** What package.json publishes about a package: one line of NOTICE. */
function noticeLine(folder) {
  const { name, version, license, author, os } = readJson(path.join(folder, 'package.json'));
  // The packages for other platforms have the same name but for the platform.
  const anyPlatform = os === undefined ? name : name.replace(/(?:linux|darwin|win32|windows)[^/]*$/, '*');
  const person = (author?.name ?? author ?? '').replace(/\s*[<(].*/, '');
  return `${anyPlatform} ${version}, ${license}${person && `, by ${person}`}`;
}

const hasLicence = (folder) => readdirSync(folder).some((file) => /^(?:un)?licen[cs]e|^copying/i.test(file));

// Other platforms have other packages for the platform.
test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'NOTICE names each installed package of the trainer and the site that has no licence file',
  () => {
    const folders = ['trainer', 'docs-site'].flatMap((name) => [...dependencies(path.join(packages, name))]);
    const external = [...new Set(folders)].filter((folder) => folder.includes('node_modules'));
    const expected = [
      ...new Set(external.filter((folder) => !hasLicence(folder)).map(noticeLine)),
    ].toSorted();
    const notice = readFileSync(path.join(root, 'NOTICE'), 'utf8');
    const named = notice
      .split('\n')
      .filter((line) => line.startsWith('- '))
      .map((line) => line.slice(2));
    expect(named.toSorted()).toEqual(expected);
    expect(external.length).toBeGreaterThan(100);
  },
);
