import semver from 'semver'

/** Whether `text` is a semantic version such as `1.2.3` or `1.0.0-beta.1`. */
export const isVersion = (text: string): boolean => semver.valid(text) !== null

/** Whether `text` is a range of semantic versions such as `^1.2.0`, `>=1 <3` or `1.x || 2.x`. */
export const isRange = (text: string): boolean => semver.validRange(text) !== null

/** Whether `version` lies in `range`, by npm's rules; false where either is not valid. */
export const satisfies = (version: string, range: string): boolean => semver.satisfies(version, range)
