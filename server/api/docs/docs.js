"use strict";
const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};
const resolve = (document_, schema) =>
  schema && schema.$ref ? document_.components.schemas[schema.$ref.split("/").pop()] : schema;
const bodyOf = (document_, media) => {
  const schema = resolve(document_, media && media["application/json"] && media["application/json"].schema);
  if (!schema) return null;
  return schema.examples ? schema.examples[0] : schema;
};
const draw = (document_) => {
  const main = document.getElementById("routes");
  const groups = new Map();
  for (const [path, methods] of Object.entries(document_.paths)) {
    for (const [method, route] of Object.entries(methods)) {
      if (!["get", "post", "put", "patch", "delete"].includes(method)) continue;
      const tag = (route.tags || ["Other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push([path, method, route]);
    }
  }
  for (const [tag, routes] of groups) {
    const section = element("section");
    section.append(element("h2", tag));
    for (const [path, method, route] of routes) {
      const details = element("details");
      const summary = element("summary");
      summary.append(element("b", method.toUpperCase(), method), element("code", path), element("span", "  " + (route.summary || "")));
      details.append(summary);
      if (route.description) details.append(element("p", route.description));
      for (const parameter of route.parameters || []) details.append(element("p", `${parameter.in}: ${parameter.name}${parameter.required ? "" : " (optional)"}`));
      const body = bodyOf(document_, route.requestBody && route.requestBody.content);
      if (body) details.append(element("p", "Body, for example:"), element("pre", JSON.stringify(body, null, 2)));
      const good = Object.entries(route.responses || {}).find(([status]) => status < "300");
      const shown = good && good[1].content && good[1].content["application/json"] && good[1].content["application/json"].example;
      if (shown) details.append(element("p", `Answer ${good[0]}, for example:`), element("pre", JSON.stringify(shown, null, 2)));
      details.append(element("p", "Answers: " + Object.keys(route.responses || {}).join(", ")));
      section.append(details);
    }
    main.append(section);
  }
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const details of main.querySelectorAll("details"))
      details.hidden = !details.textContent.toLowerCase().includes(wanted);
  });
};
fetch("/api/openapi.json").then((answer) => answer.json()).then(draw);
