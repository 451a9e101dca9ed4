import { directive, inSection, integer, MAX_LONG, oneof, string } from './builders.ts'

const WHO = ['no', 'yes', 'local']

export const securityOptions = inSection('security', [
  string('requirepass', '', 'Password that clients must give with AUTH; empty for none.', {
    sensitive: true,
  }),
  oneof('enable-protected-configs', 'no', WHO, 'Who may CONFIG SET `dir` and `dbfilename`.', {
    immutable: true,
  }),
  oneof('enable-debug-command', 'no', WHO, 'Who may use DEBUG.', { immutable: true }),
  directive('user', 'A user and its rules; may be given any number of times, but not beside `aclfile`.', {
    allowed: 'a name, then rules as of ACL SETUSER',
    settable: false,
    minWords: 1,
  }),
  string('aclfile', '', 'File of users, which ACL LOAD reads again and ACL SAVE writes; empty for none.', {
    immutable: true,
  }),
  oneof(
    'acl-pubsub-default',
    'resetchannels',
    ['allchannels', 'resetchannels'],
    'Whether new users may use all channels, or none.',
  ),
  integer('acllog-max-len', 128, [0, MAX_LONG], 'Most entries of ACL LOG.'),
])
