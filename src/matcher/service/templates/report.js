(function () {
  function open(target) {
    for (var each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  }
  function follow() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
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
