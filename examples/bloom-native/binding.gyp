{
  'targets': [
    {
      'target_name': 'bloom',
      'sources': ['src/addon.c'],
      'cflags': ['-O3', '-Wall', '-Wextra'],
    },
  ],
}
