{
  "targets": [
    {
      "target_name": "bridge",
      "sources": ["<!@(node -p \"require('fs').readdirSync('src/native').filter(f => f.endsWith('.c')).map(f => 'src/native/' + f).join(' ')\")"],
      "cflags_c": ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-fvisibility=hidden", "-fno-omit-frame-pointer"],
      "defines": ["_GNU_SOURCE"],
      "xcode_settings": {
        "GCC_C_LANGUAGE_STANDARD": "gnu11",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "OTHER_CFLAGS": ["-O2", "-Wall", "-Wextra"]
      }
    }
  ]
}
