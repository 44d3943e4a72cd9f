/** The heading of the page. A release that changes it can be watched on its way from dev to prod. */
export const banner = 'What needs to be done?';
