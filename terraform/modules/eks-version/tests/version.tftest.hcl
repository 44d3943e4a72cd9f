# Needs no provider: `terraform test` runs anywhere.

run "a_version_with_months_to_go" {
  command = plan

  variables {
    kubernetes_version = "1.35"
    now                = "2026-11-25T00:00:00Z"
  }

  assert {
    condition     = output.kubernetes_version == "1.35" && output.standard_support_ends == "2027-03-27"
    error_message = "1.35 is supported until 2027-03-27"
  }
}

run "a_version_that_ends_next_week" {
  command = plan

  variables {
    kubernetes_version = "1.34"
    now                = "2026-11-25T00:00:00Z"
  }

  expect_failures = [output.kubernetes_version]
}

run "the_day_of_the_notice" {
  command = plan

  variables {
    kubernetes_version = "1.35"
    now                = "2027-01-26T00:00:00Z"
  }

  expect_failures = [output.kubernetes_version]
}

run "a_version_that_nobody_looked_up" {
  command = plan

  variables {
    kubernetes_version = "1.99"
    now                = "2026-11-25T00:00:00Z"
  }

  expect_failures = [var.kubernetes_version]
}

run "no_version" {
  command = plan

  variables {
    kubernetes_version = "latest"
    now                = "2026-11-25T00:00:00Z"
  }

  expect_failures = [var.kubernetes_version]
}
