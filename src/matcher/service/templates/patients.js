// Writes a patient out when asked: their line, put together with what is said of everybody. What it writes is what
// patient.html writes, in the same words.
(function () {
  var parts = Array.from(document.querySelectorAll("script.part")), common = null;
  var place = document.getElementById("opened"), said = document.getElementById("said");

  async function unpacked(element) {
    var bytes = Uint8Array.from(atob(element.textContent), function (each) { return each.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
  }
  function first(part) { return Number(part.dataset.first); }
  async function line(number) {
    common = common || JSON.parse(await unpacked(document.getElementById("common")));
    var part = parts.findLast(function (each) { return first(each) <= number; });
    part.columns = part.columns || JSON.parse(await unpacked(part));
    return Object.fromEntries(Object.entries(part.columns).map(function (each) {
      return [each[0], each[1][number - first(part)]];
    }));
  }

  // --- a line and what is common, put together ---

  function satisfied(role, verdict) {
    if (role === "inclusion" || verdict === "unknown") return verdict;
    return (verdict === "applies") === (role === "caution") ? "met" : "not met";
  }
  function titles(reason) {
    return Array.from(new Set(reason.split("; ").map(function (each) { return each.split(": ")[0]; }))).join(", ");
  }
  function criterion(base, here, facts) {
    var held = here || base.unrecorded, found = held.satisfied || satisfied(base.role, held.verdict);
    var recoverable = found === "met" ? "" : base.recoverable || "";
    return Object.assign({}, base, held, {
      satisfied: found,
      facts: (held.facts || []).map(function (each) { return facts[each]; }),
      recoverable: held.recoverable === undefined ? recoverable : held.recoverable,
      lacking: base.id + " " + (held.lacking || titles(held.reason))
    });
  }
  function candidate(entry, line) {
    var base = common.candidates[entry.id], rank = entry.rank === undefined ? "" : String(entry.rank);
    function criteria(name) {
      return (base[name] || []).map(function (each) {
        return criterion(each, line.said[(entry[name] || {})[each.id]], line.facts);
      });
    }
    var all = criteria("criteria"), cautions = criteria("cautions"), cohort = (entry.cohort || "").split(":")[0];
    var counted = all.filter(function (each) { return !each.cohort || each.cohort === cohort; });
    function of(verdict) { return counted.filter(function (each) { return each.satisfied === verdict; }); }
    return Object.assign({}, base, entry, {
      place: entry.tied && rank ? "=" + rank : rank,
      standing_text: entry.standing_text || common.standing_text[entry.standing],
      because: entry.because.map(function (each) { return line.phrases[each]; }).join("; "),
      criteria: all,
      cautions: cautions,
      missing: Array.from(new Set(of("unknown").map(function (each) { return each.lacking; }))),
      blocking: of("not met").map(function (each) { return each.id + " " + each.text + ": " + each.reason; }),
      applying: cautions.filter(function (each) { return each.verdict === "applies"; })
        .map(function (each) { return each.id + " " + each.text; }),
      distances: counted.filter(function (each) { return each.distance; }).map(function (each) { return each.distance; }),
      earliest: (entry.earliest || []).map(function (each) { return each.text; }).join("; "),
      assumptions: (entry.assumed || base.assumed || []).map(function (each) {
        return typeof each === "number" ? base.assumptions[each] : each;
      }),
      evidence: (base.evidence || []).map(function (each, number) {
        var applies = entry.evidence ? entry.evidence[number] : each.applies;
        return Object.assign({}, each, { applies: common.evidence_applies[applies] });
      }),
      notes: base.notes || [],
      places: base.places || []
    });
  }
  function derived(line) {
    return common.derived.map(function (each) {
      var here = (line.derived || {})[each.name];
      if (!here) return each;
      return Object.assign({}, each, { known: false }, here, {
        reason: here.reason || "",
        lines: (here.lines || []).concat(each.lines),
        facts: (here.facts || []).map(function (one) { return line.facts[one]; })
      });
    });
  }

  // --- as it stands on the page ---

  function h(name, about) {
    var made = document.createElement(name), held = Array.prototype.slice.call(arguments, 2).flat(9);
    Object.keys(about || {}).forEach(function (each) { made.setAttribute(each, about[each]); });
    held.forEach(function (each) { if (each) made.append(each); });
    return made;
  }
  function shape(name) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("aria-hidden", "true");
    svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use")).setAttribute("href", "#" + name);
    return svg;
  }
  function list(items, about) {
    return items.length ? h("ul", about, items.map(function (each) { return h("li", null, each); })) : null;
  }
  function titled(title, items, about) { return items.length ? [title, list(items, about)] : null; }
  function standing(name, words) { return h("span", { class: "standing " + name }, shape("s-" + name), words); }
  function mark(each) { return each.satisfied.replace(" ", "-"); }
  function verdict(each) {
    var cautioned = { applies: "caution", "does not apply": "met", unknown: "unknown" };
    var name = each.role === "caution" ? cautioned[each.verdict] : mark(each);
    return h("span", { class: "verdict " + name }, shape("v-" + name), each.verdict);
  }
  function table(kind, columns, rows, caption) {
    var head = columns.map(function (each) {
      return h("th", each === "Rank" || !each ? { scope: "col", class: "rank" } : { scope: "col" }, each);
    });
    return h("table", { class: kind }, caption && h("caption", null, caption),
      h("thead", null, h("tr", null, head)), h("tbody", null, rows));
  }
  function cell(label) {
    return h.apply(null, ["td", { "data-label": label }].concat(Array.prototype.slice.call(arguments, 1)));
  }
  function lead(words) { return h("p", { class: "lead" }, words); }
  function named(each, anchor) {
    return h("th", { scope: "row" }, h("a", { href: "#" + anchor + "-" + each.id }, each.title), " ",
      h("span", { class: "code" }, each.id), each.cohort && h("span", { class: "cohort" }, "Cohort " + each.cohort));
  }
  function recruitment(each) {
    var said = each.availability !== "not applicable" ? ["Recruitment: " + each.availability] : [];
    if (each.overrides) said.push("Judged by a person: " + each.overrides.join(", "));
    return said.reduce(function (all, words) { return all.concat(" ", h("span", { class: "small" }, words)); }, []);
  }

  function ranking(kind, title, candidates, anchor, ranked) {
    var open = candidates.filter(function (each) { return each.standing !== "ineligible"; });
    var out = candidates.filter(function (each) { return each.standing === "ineligible"; });
    var rank = ranked ? "Rank" : "", wanting = "Missing, in the way, or to be careful of", id = anchor + "-" + kind;
    function row(each) {
      var wanted = [titled(lead("Missing"), each.missing), titled(lead("In the way"), each.blocking),
        titled(lead("Caution"), each.applying, { class: "cautions" })];
      return h("tr", null, h("td", { class: "rank" }, each.place || "–"), named(each, anchor),
        cell("Standing", standing(each.standing, each.standing_text), recruitment(each),
          each.earliest && [" ", h("span", { class: "small earliest" }, "Earliest: " + each.earliest)]),
        cell("Why here", each.because), cell(wanting, wanted.some(Boolean) ? wanted
          : "Nothing" + (each.coverage === "partial" ? " in the criteria encoded" : "")));
    }
    function rowOut(each) {
      var name = named(each, anchor);
      name.append.apply(name, recruitment(each));
      return h("tr", null, h("td", { class: "rank" }, each.place || "–"), name,
        cell("What rules it out", list(each.blocking)));
    }
    return h("section", { class: "ranking" }, h("h3", { id: id }, title),
      !candidates.length && h("p", { class: "none" }, "None."),
      candidates.length && !open.length && h("p", { class: "none" }, "None is open to this patient on what is recorded."),
      open.length && table("ranked", [rank, "Candidate", "Standing", "Why here", wanting], open.map(row)),
      out.length && h("details", { class: "ruled-out" },
        h("summary", null, standing("ineligible", "Not eligible"), " ",
          h("span", { class: "count" }, out.length + " ruled out by recorded facts")),
        table("ranked", [rank, "Candidate", "What rules it out"], out.map(rowOut))));
  }

  function criterionRow(each) {
    var marginalia = [each.citation && "Source: " + each.citation, each.at_screening && "Settled at screening",
      each.recoverable && "May recover " + each.recoverable, each.waivable && "May be waived " + each.waivable,
      each.printed && "As printed: " + each.printed, each.assumption && "Assumption: " + each.assumption,
      each.note && "Note: " + each.note].filter(Boolean);
    var facts = each.facts.map(function (fact) {
      var where = [fact.date, fact.age, fact.source].filter(Boolean).join(" · ");
      return [fact.text, where && [" ", h("span", { class: "where" }, where)]];
    });
    return h("tr", { class: each.role === "caution" ? "aside" : mark(each) },
      h("th", { scope: "row" }, h("span", { class: "code" }, each.id), " " + each.text, list(marginalia, { class: "marginalia" })),
      cell("Verdict", verdict(each)),
      cell("Why", each.reason, list(facts, { class: "facts" }), each.distance && h("p", { class: "distance" }, each.distance)));
  }
  function groups(each) {
    var roles = [["inclusion", "Inclusion criteria"], ["exclusion", "Exclusion criteria"]], found = [];
    Array.from(new Set(each.criteria.map(function (one) { return one.cohort || ""; }))).sort().forEach(function (cohort) {
      roles.forEach(function (role) {
        var title = cohort ? "Cohort " + cohort + ": " + role[1].toLowerCase() : role[1];
        found.push([title, each.criteria.filter(function (one) {
          return one.role === role[0] && (one.cohort || "") === cohort;
        })]);
      });
    });
    found.push(["Cautions (shown, never counted)", each.cautions]);
    return found.filter(function (group) { return group[1].length; }).map(function (group) {
      return table("criteria", ["Criterion", "Verdict", "Facts and reason"], group[1].map(criterionRow), group[0]);
    });
  }
  function tally(each) {
    return [["met", "satisfied"], ["not met", "not satisfied"], ["unknown", "unknown"]].map(function (word) {
      var number = each.criteria.filter(function (one) { return one.satisfied === word[0]; }).length;
      return number && number + " " + word[1];
    }).filter(Boolean).join(", ");
  }
  function study(each) {
    return [h("strong", null, each.study), each.design && ", " + each.design,
      ". Level of evidence " + each.level + "; " + each.direction + "; " + each.applies + ".", list(each.lines),
      each.citation && h("span", { class: "where" }, "Source: " + each.citation)];
  }
  function inside(each) {
    var keyed = [each.distances.length && [h("dt", null, "Distance"), h("dd", null, list(each.distances))],
      each.earliest && [h("dt", null, "Earliest date"), h("dd", null, each.earliest)]];
    return [
      each.coverage === "partial" && h("p", { class: "coverage" },
        "Only part of the protocol's criteria are held here: no patient is called eligible on these alone."),
      each.cohort && h("p", null, "Cohort that fits best: " + each.cohort),
      titled(h("h5", null, "Cohorts"), (each.cohorts || []).map(function (one) {
        var also = one.fits && !(each.cohort || "").startsWith(one.id + ": ");
        return one.text + (also ? ": also fits" : "");
      })),
      keyed.some(Boolean) && h("dl", { class: "keyed" }, keyed),
      each.recruitment && h("p", { class: "where" }, "Recruitment: " + each.recruitment),
      each.version && h("p", { class: "where" }, "Version of the protocol: " + each.version), groups(each),
      each.evidence.length && [h("h5", null, "Evidence"), list(each.evidence.map(study), { class: "evidence" }),
        h("p", { class: "where" },
          "Figures of different studies are not compared with each other, and not used to order candidates.")],
      titled(h("h5", null, "Whom to ask, and where"), each.places),
      titled(h("h5", null, "Assumed for this candidate"), each.assumptions), titled(h("h5", null, "Notes"), each.notes)];
  }
  // Criteria are written when a candidate is opened: a ranking of all has thousands.
  function fill(details) {
    if (details.write) details.append(h("div", { class: "inside" }, details.write()));
    details.write = null;
  }
  function byCriterion(each, anchor) {
    var details = h("details", { class: "candidate" + (each.standing === "ineligible" ? " out" : ""), id: anchor + "-" + each.id },
      h("summary", null, h("h4", null, each.place && [h("span", { class: "rank" }, each.place), " "], each.title + " ",
        h("span", { class: "code" }, each.id)), standing(each.standing, each.standing_text), " ",
      h("span", { class: "count" }, tally(each))));
    details.write = function () { return inside(each); };
    details.addEventListener("toggle", function () { fill(details); });
    return details;
  }
  function candidates(title, held, anchor) {
    return held.length && h("section", { class: "candidates" }, h("h3", null, title),
      h("p", { class: "not-printed where" },
        "Not printed here: candidates that are ruled out. What rules them out stands under the ranking."),
      held.map(function (each) { return byCriterion(each, anchor); }));
  }
  function fact(words) {
    var at = words.indexOf(": "), value = at < 0 ? words : words.slice(at + 2);
    return h("div", value.length > 48 ? { class: "wide" } : null, h("dt", null, at < 0 ? "Fact" : words.slice(0, at)),
      h("dd", null, value));
  }
  function derivedRow(each) {
    return h("tr", each.known ? null : { class: "open" },
      h("th", { scope: "row" }, each.title, each.prognosis && [" ", h("span", { class: "tag" }, "prognosis")]),
      cell("Value", each.value),
      cell("Meaning and source", each.reason && h("p", null, each.reason),
        each.known && each.facts.map(function (fact) {
          return h("p", { class: "where" }, fact.text + (fact.date ? ", " + fact.date : ""));
        }),
        each.known && each.lines.map(function (item) { return h("p", null, item); }),
        each.citation && h("span", { class: "where" }, "Source: " + each.citation)));
  }
  function section(kind, title, anchor, content, about) {
    var id = anchor + "-" + kind;
    return h("section", about || null, h("h3", { id: id }, title), content);
  }
  function patient(line, anchor) {
    function all(kind) { return line[kind].map(function (each) { return candidate(each, line); }); }
    var trials = all("trials"), regimens = all("regimens"), facts = derived(line);
    var ranked = !line.deceased || trials.concat(regimens).some(function (each) { return each.place; });
    var known = facts.filter(function (each) { return each.known; });
    var open = facts.filter(function (each) { return !each.known; });
    var questions = (line.questions || []).map(function (each) {
      return h("li", null, each.text + " ", h("span", { class: "where" },
        each.worth));
    });
    return h("article", { class: "patient", id: anchor, style: "page: " + anchor, "aria-labelledby": anchor + "-name" },
      h("header", null, h("h2", { id: anchor + "-name" }, h("span", { class: "eyebrow" }, "Patient"), " " + line.patient),
        h("p", { class: "as-of" }, "As of ", h("strong", null, line.as_of))),
      line.deceased && h("p", { class: "flag" }, "Deceased on or before " + line.as_of + "." +
        (ranked ? "" : " The standings below are shown without a rank.")),
      line.summary ? h("dl", { class: "summary" }, line.summary.map(fact))
        : h("p", { class: "none" }, "Nothing about this patient is recorded."),
      ranking("trials", "Trials", trials, anchor, ranked), ranking("regimens", "Regimens", regimens, anchor, ranked),
      questions.length && section("ask", "What to ask next", anchor,
        [h("p", { class: "where" }, "Most telling first: what is expected to settle most candidates stands above."),
          h("ol", null, questions)], { class: "ask" }),
      facts.length && section("derived", "Derived facts", anchor,
        table("derived", ["Fact", "Value", "Meaning and source"], known.concat(open).map(derivedRow))),
      [["conflicts", "Conflicts in the record"], ["assumptions", "Assumptions"], ["issues", "What could not be read"]]
        .map(function (each) {
          return line[each[0]] && section(each[0], each[1], anchor, list(line[each[0]]), { class: "listed " + each[0] });
        }),
      candidates("Trials, criterion by criterion", trials, anchor),
      candidates("Regimens, criterion by criterion", regimens, anchor),
      h("p", { class: "back" }, h("a", { href: "#top" }, "Back to the index")));
  }
  // On paper the patient stands at the head of each of their pages.
  function page(line, anchor) {
    var name = Array.from(line.patient, function (c) {
      return /[A-Za-z0-9]/.test(c) ? c : "\\" + c.codePointAt(0).toString(16).padStart(6, "0");
    }).join("");
    return h("style", null, "@page " + anchor + " { @top-left { content: \"Patient " + name +
      "\" } @top-right { content: \"As of " + line.as_of + "\" } }");
  }

  // --- opening, searching, printing ---

  async function write(number) {
    var anchor = "p" + number;
    if (document.getElementById(anchor)) return;
    var held = await line(number);
    if (document.getElementById(anchor)) return;
    var made = patient(held, anchor);
    made.number = number;
    var next = Array.from(place.children).find(function (each) { return each.number > number; });
    place.insertBefore(made, next || null);
    document.head.append(page(held, anchor));
  }
  window.openPatient = async function (hash) {
    var asked = /^p(\d+)(-|$)/.exec(hash);
    if (asked && asked[1] >= 1 && asked[1] <= rows.length) await write(Number(asked[1]));
    var target = document.getElementById(hash);
    if (target && target.matches("details.candidate")) fill(target);
  };

  var rows = Array.from(document.querySelectorAll("table.index > tbody > tr")), search = document.getElementById("search");
  rows.forEach(function (row) { row.words = row.textContent.toLowerCase(); });
  search.addEventListener("input", function () {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    rows.forEach(function (row) {
      row.hidden = !words.every(function (each) { return row.words.includes(each); });
      shown += !row.hidden;
    });
    said.textContent = words.length ? shown + " of " + rows.length : "";
  });

  // A page is printed as it stands: what is to be on it has to be written before.
  async function everybody() {
    for (var number = 1; number <= rows.length; number++) {
      await write(number);
      if (number % 25 === 0) {
        said.textContent = number + " of " + rows.length + " written";
        await new Promise(function (go) { setTimeout(go); });
      }
    }
    said.textContent = "";
    place.dataset.whole = "";
  }
  ["print-rankings", "print-all", "print-fitting"].forEach(function (each) {
    document.getElementById(each).addEventListener("change", everybody);
  });
  addEventListener("beforeprint", function () {
    if (document.getElementById("print-rankings").checked) return;
    place.querySelectorAll("details.candidate").forEach(fill);
  });
})();
