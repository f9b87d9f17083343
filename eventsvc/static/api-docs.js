"use strict";
const place = document.getElementById("swagger-ui");
window.SwaggerUIBundle({ url: place.dataset.spec, domNode: place, validatorUrl: null, deepLinking: true });
