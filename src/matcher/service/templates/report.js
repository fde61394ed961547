(function () {
  function open(target) {
    for (var each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  }
  async function follow() {
    var hash = decodeURIComponent(location.hash.slice(1));
    // Where patients are written out only when asked for, this one is.
    if (window.openPatient) await window.openPatient(hash);
    var target = hash && document.getElementById(hash);
    if (target) { open(target); target.scrollIntoView(); }
  }
  var closed = [];
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (each) { each.open = true; });
  });
  addEventListener("afterprint", function () { closed.forEach(function (each) { each.open = false; }); });
  follow();
})();
