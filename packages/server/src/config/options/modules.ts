import { anyWords } from '../words-options.ts'
import { boolean, directive, inSection, oneof, words } from './builders.ts'

const LOADABLE =
  'an npm name, a folder or an absolute path of a shared object, then the arguments of the module'

export const moduleOptions = inSection('modules', [
  directive('loadmodule', 'Loads a module at start; may be given any number of times.', {
    allowed: LOADABLE,
    settable: false,
    minWords: 1,
  }),
  directive('module-add', 'As `loadmodule`; CONFIG SET loads, or loads anew, at any time.', {
    allowed: LOADABLE,
    settable: true,
    minWords: 1,
  }),
  words(
    'module-directories',
    '',
    anyWords('paths of `node_modules` folders'),
    'Where modules are looked for by name; the nearest `node_modules` of the working directory and of the ' +
      'configuration file unless given.',
    { immutable: true },
  ),
  boolean(
    'module-strict',
    true,
    'Refuses a module that asks for another server or module version, instead of warning.',
  ),
  oneof('enable-module-command', 'local', ['no', 'yes', 'local'], 'Who may use MODULE to load and unload.', {
    immutable: true,
  }),
])
