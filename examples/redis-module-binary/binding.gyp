{
  'targets': [
    {
      'target_name': 'stats',
      'sources': ['src/stats.c'],
      'include_dirs': ['<!(node -p "require(\'path\').dirname(require.resolve(\'@modis/bridge/package.json\'))")/include'],
      'cflags': ['-Wall', '-Wextra'],
    },
  ],
}
