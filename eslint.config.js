import js from '@eslint/js';
import globals from 'globals';

const noMarkup = 'Text from people must never become markup: use textContent or the el() helper.';

export default [
  { ignores: ['geoapp/web/static/dist/', 'build/', '.venv/', '.geoapp/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['geoapp/web/static/js/**/*.js', 'tests/data/*.js'],
    languageOptions: { globals: globals.browser },
    rules: {
      'max-lines': ['error', 400],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: noMarkup },
        { property: 'outerHTML', message: noMarkup },
        { property: 'insertAdjacentHTML', message: noMarkup },
        { object: 'document', property: 'write', message: noMarkup },
      ],
    },
  },
  {
    files: ['scripts/**/*.mjs', 'tests/web/js/**/*.js', 'eslint.config.js'],
    languageOptions: { globals: globals.node },
  },
];
