import { inSection, integer, MAX_LONG, oneof, onlyEmpty, string, withoutEffect } from './builders.ts'

const WHO = ['no', 'yes', 'local']

export const securityOptions = inSection('security', [
  string('requirepass', '', 'Password that clients must give with AUTH; empty for none.', {
    sensitive: true,
  }),
  oneof('enable-protected-configs', 'no', WHO, 'Who may CONFIG SET `dir` and `dbfilename`.', {
    immutable: true,
  }),
  oneof('enable-debug-command', 'no', WHO, 'Who may use DEBUG.', { immutable: true }),
  string('aclfile', '', 'File of users.', {
    immutable: true,
    ...onlyEmpty('users are not part of this version'),
  }),
  ...withoutEffect([
    oneof('acl-pubsub-default', 'resetchannels', ['allchannels', 'resetchannels'], 'Channels of new users.'),
    integer('acllog-max-len', 128, [0, MAX_LONG], 'Entries of ACL LOG.'),
  ]),
])
