// Starts the design system's own behaviour on every page: a button pressed
// twice sends once, an error summary takes the focus, a choice that asks for
// more shows its question. Every page works without it.
import { initButtons } from "nhsuk-frontend/dist/nhsuk/components/button/button.mjs";
import { initCheckboxes } from "nhsuk-frontend/dist/nhsuk/components/checkboxes/checkboxes.mjs";
import { initErrorSummary } from "nhsuk-frontend/dist/nhsuk/components/error-summary/error-summary.mjs";
import { initNotificationBanners } from "nhsuk-frontend/dist/nhsuk/components/notification-banner/notification-banner.mjs";
import { initRadios } from "nhsuk-frontend/dist/nhsuk/components/radios/radios.mjs";
import { initSkipLinks } from "nhsuk-frontend/dist/nhsuk/components/skip-link/skip-link.mjs";

// The design system's styles hide and show by these two classes.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

initButtons();
initCheckboxes();
initErrorSummary();
initNotificationBanners();
initRadios();
initSkipLinks();
