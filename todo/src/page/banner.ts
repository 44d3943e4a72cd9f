/** The line above the list. A release that changes it can be followed with the eye, from dev to prod. */
export const banner = 'What needs to be done?';
