{
  'targets': [
    {
      'target_name': 'my_module',
      'sources': ['src/module.c'],
      'include_dirs': ['<!(node -p "require(\'path\').dirname(require.resolve(\'@modis/bridge/package.json\'))")/include'],
    },
  ],
}
