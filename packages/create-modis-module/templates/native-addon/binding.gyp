{
  'targets': [
    {
      'target_name': 'my_module',
      'sources': ['src/addon.c'],
    },
  ],
}
