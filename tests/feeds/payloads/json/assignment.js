// made by the vendor
var snapshot = {"units":[{"id":"E8","t":"2026-05-04T11:59:00Z"}]};
