declare module 'node-gyp-build' {
  /** Loads the addon of a package: its own build if there is one, else the prebuild for this platform. */
  export default function load(folder: string): unknown
}
